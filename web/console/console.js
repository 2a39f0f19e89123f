// Makes selecting easier; each page works without.
for (const form of document.querySelectorAll("form")) {
	const boxes = [...form.querySelectorAll("td.pick input")];
	const head = form.querySelector("th.pick");
	// What needs a selection, and what it says.
	const buttons = [...form.querySelectorAll("button[data-selection]")]
		.map((button) => [button, button.textContent]);
	if (boxes.length === 0 || !head)
		continue;
	const all = document.createElement("input");
	all.type = "checkbox";
	all.setAttribute("aria-label", "Select all on this page");
	head.replaceChildren(all);
	const show = () => {
		const n = boxes.filter((box) => box.checked).length;
		all.checked = n === boxes.length;
		all.indeterminate = n > 0 && n < boxes.length;
		for (const [button, words] of buttons) {
			button.disabled = n === 0;
			button.textContent = n > 0 ? `${words} (${n})` : words;
		}
	};
	all.addEventListener("change", () => {
		for (const box of boxes)
			box.checked = all.checked;
		show();
	});
	form.addEventListener("change", show);
	window.addEventListener("pageshow", show);
	show();
}

// A file that is too large is not sent in vain.
for (const field of document.querySelectorAll("input[data-most-mib]"))
	field.addEventListener("change", () => {
		const most = Number(field.dataset.mostMib);
		const size = field.files[0]?.size ?? 0;
		field.setCustomValidity(size <= most * 2 ** 20 ? "" :
			`The file is larger than ${most} MiB. Import it in parts,`
			+ " or with suppressctl import.");
		field.reportValidity();
	});

// What is being made is looked at again.
if (document.querySelector("[data-reload]"))
	setTimeout(() => location.reload(), 2000);
