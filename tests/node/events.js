// A reader of the hub's streams on Node's fetch, told by a JSON argument: url, token, and "last", the id that it comes back with. Writes each event as one JSON line, and at last how it ended.
'use strict';
const call = JSON.parse(process.argv[2]);
const tell = (message) => console.log(JSON.stringify(message));

const main = async () => {
  const headers = { Accept: 'text/event-stream', Authorization: 'Bearer ' + call.token };
  if (call.last) headers['Last-Event-ID'] = call.last;
  const answer = await fetch(call.url, { headers });
  tell({ t: 'answer', status: answer.status, type: answer.headers.get('content-type') });
  let text = '';
  for await (const part of answer.body ?? []) {
    text += Buffer.from(part).toString();
    for (let end; (end = text.indexOf('\n\n')) >= 0; text = text.slice(end + 2)) {
      const event = { t: 'event', event: 'message' };
      for (const line of text.slice(0, end).split('\n')) {
        const at = line.indexOf(': ');
        if (at > 0) event[line.slice(0, at)] = line.slice(at + 2);
      }
      if (event.data) tell({ ...event, data: JSON.parse(event.data) });
    }
  }
  tell({ t: 'end' });
};
main().catch((fault) => tell({ t: 'end', fault: String(fault.cause ?? fault) }));
