/// <reference lib="webworker" />
// One event stream for all tabs of a browser. Each port gets what the pump tells, and says `{bye}` when it goes.
import { EventPump } from './pump';

const ports = new Set<MessagePort>();
const pump = new EventPump((message) => {
  for (const port of ports) port.postMessage(message);
});

// Who begins or ends seeing as somebody else hears other news: the stream is opened anew with the cookie that is there now.
new BroadcastChannel('ordo-see-as').onmessage = () => {
  pump.stop();
  if (ports.size) pump.start();
};

(self as unknown as SharedWorkerGlobalScope).onconnect = ({ ports: [port] }) => {
  if (!port) return;
  ports.add(port);
  port.onmessage = ({ data }: MessageEvent<{ bye?: boolean }>) => {
    if (!data.bye) return;
    ports.delete(port);
    if (!ports.size) pump.stop();
  };
  port.postMessage(pump.state());
  pump.start();
};
