// Draws the tables of the dashboard, which stay there to be read.
import uPlot from "/console/assets/uplot.js";

const HEIGHT = 220;
const dark = window.matchMedia("(prefers-color-scheme: dark)");

const short = new Intl.NumberFormat("en", { notation: "compact" });

// Of the style, which knows light and dark.
const colour = (name) =>
	getComputedStyle(document.documentElement).getPropertyValue(name);

function numbersOf(table) {
	const rows = [...table.tBodies[0].rows];
	return {
		names: rows.map((row) => row.cells[0].textContent),
		titles: [...table.tHead.rows[0].cells].slice(1)
			.map((cell) => cell.textContent),
		columns: [...table.tHead.rows[0].cells].slice(1)
			.map((_, i) => rows.map((row) =>
				Number(row.cells[i + 1].textContent
					.replaceAll(",", "")))),
	};
}

function axis(more) {
	return {
		stroke: colour("--faint"),
		grid: { stroke: colour("--line"), width: 1 },
		ticks: { stroke: colour("--line"), width: 1 },
		...more,
	};
}

function series(title, i, bars) {
	const stroke = colour(["--plot-1", "--plot-3"][i]);
	return {
		label: title,
		stroke,
		fill: bars ? stroke : undefined,
		width: 2,
		points: { show: !bars, size: 5, fill: stroke },
		paths: bars ? uPlot.paths.bars({ size: [0.6, 60] }) : undefined,
	};
}

// Days are a time, all else has its names along the bottom.
function optionsOf(kind, data, width) {
	const bars = kind === "bars";
	const narrow = width / data.names.length < 100;
	const names = {
		rotate: narrow ? -40 : 0,
		size: narrow ? 80 : 40,
		splits: () => data.names.map((_, i) => i),
		values: () => data.names,
		grid: { show: false },
	};
	const days = {
		values: (_, at) => at.map((s) =>
			new Date(s * 1e3).toISOString().slice(5, 10)),
	};
	return {
		width,
		height: HEIGHT,
		cursor: { drag: { x: false, y: false } },
		scales: {
			x: bars ? { time: false,
				range: [-0.5, data.names.length - 0.5] } : {},
			y: { range: (_, low, high) => [0, Math.max(high, 1)] },
		},
		legend: { live: !bars, show: !bars },
		tzDate: (at) => uPlot.tzDate(new Date(at * 1e3), "Etc/UTC"),
		axes: [
			axis(bars ? names : days),
			axis({
				values: (_, at) => at.map((n) => short.format(n)),
				incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500,
					1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5,
					1e6, 2e6, 5e6, 1e7, 1e8],
			}),
		],
		series: [
			bars ? {} : { label: "Day", value: "{YYYY}-{MM}-{DD}" },
			...data.titles.map((title, i) => series(title, i, bars)),
		],
	};
}

function draw(details) {
	const data = numbersOf(details.querySelector("table"));
	const kind = details.dataset.plot;
	const at = kind === "days"
		? data.names.map((day) => Date.parse(`${day}T00:00:00Z`) / 1e3)
		: data.names.map((_, i) => i);
	const place = document.createElement("div");
	// The table says the same to who can't see it.
	place.className = "plot";
	place.setAttribute("aria-hidden", "true");
	place.dataset.most = Math.max(...data.columns.flat());
	details.before(place);
	details.open = false;
	let plot;
	const show = () => {
		plot?.destroy();
		plot = new uPlot(optionsOf(kind, data, place.clientWidth),
			[at, ...data.columns], place);
	};
	show();
	dark.addEventListener("change", show);
	new ResizeObserver(() =>
		plot.setSize({ width: place.clientWidth, height: HEIGHT }))
		.observe(place);
}

for (const details of document.querySelectorAll("[data-plot]"))
	draw(details);
