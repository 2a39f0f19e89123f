// suppressd for Haraka: save it as plugins/suppressd.js and add "suppressd" to
// config/plugins. suppressd.conf has
//
//	lookup = { tcp_table = "inet:8327@127.0.0.1"; };
'use strict';
const net = require('net');

exports.hook_rcpt = function (next, connection, params) {
    const later = () => done(DENYSOFT, 'The suppression list is not there now');
    const socket = net.connect({ host: '127.0.0.1', port: 8327 });
    let answer = '';
    let open = true;

    function done (...verdict) {
        if (!open) return;
        open = false;
        socket.destroy();
        next(...verdict);
    }
    socket.setTimeout(5000, later);
    socket.on('error', later);
    socket.on('close', later);
    socket.on('data', (data) => {
        answer += data;
        if (!answer.endsWith('\n')) return;
        const [, code, text] = /^(\d+) ?(.*)\n$/.exec(answer) || [];
        if (code === '500') return done();
        if (code !== '200') return later();
        const words = decodeURIComponent(text);
        done(words.startsWith('5') ? DENY : DENYSOFT,
            words.replace(/^(\d+ [\d.]+|HOLD) /, ''));
    });
    socket.write(`get ${encodeURIComponent(params[0].address())}\n`);
};
