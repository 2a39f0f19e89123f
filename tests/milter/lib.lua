-- What the scripts share. Globals from test_lua.py: socket, the daemon's;
-- listed and other, addresses.

local words = {
	[SMFIR_ACCEPT] = "accept", [SMFIR_CONTINUE] = "continue",
	[SMFIR_DISCARD] = "discard", [SMFIR_REJECT] = "reject",
	[SMFIR_REPLYCODE] = "replycode", [SMFIR_TEMPFAIL] = "tempfail",
	[SMFIR_SKIP] = "skip",
}

-- A step must have gone well, and its answer be that.
function want(conn, failure, answer)
	if failure ~= nil then
		error(failure, 2)
	end
	local got = words[mt.getreply(conn)] or "?"
	if got ~= answer then
		error("answer " .. got .. ", not " .. answer, 2)
	end
end

-- A client of the mailer.
function session(daemon_name)
	local conn = mt.connect(socket, 40, 0.25)
	if conn == nil then
		error("cannot connect to " .. socket, 2)
	end
	want(conn, mt.negotiate(conn, nil, nil, nil), "?")
	mt.macro(conn, SMFIC_CONNECT, "{daemon_name}", daemon_name)
	want(conn, mt.conninfo(conn, "client.test", "192.0.2.1"), "continue")
	want(conn, mt.helo(conn, "client.test"), "continue")
	return conn
end

function yes(truth, what)
	if not truth then
		error(what, 2)
	end
end
