-- A listed recipient is refused, the others go on; so in each message.
local conn = session("ORIGINATING")
yes(mt.test_action(conn, SMFIF_DELRCPT), "delrcpt is not negotiated")
yes(mt.test_action(conn, SMFIF_QUARANTINE), "quarantine is not negotiated")
yes(not mt.test_option(conn, SMFIP_NOBODY), "the body is needed")
for _ = 1, 3 do
	want(conn, mt.mailfrom(conn, "<news@example.com>"), "continue")
	want(conn, mt.rcptto(conn, "<" .. listed .. ">"), "replycode")
	want(conn, mt.rcptto(conn, "<" .. other .. ">"), "continue")
	want(conn, mt.header(conn, "Subject", "News"), "continue")
	want(conn, mt.eoh(conn), "continue")
	want(conn, mt.bodystring(conn, "Hello.\r\n"), "skip")
	want(conn, mt.eom(conn), "continue")
	yes(not mt.eom_check(conn, MT_RCPTDELETE, "<" .. listed .. ">"),
		"removed, and had been refused")
end
mt.disconnect(conn)
