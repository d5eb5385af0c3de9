// That one begins or ends to see as somebody else is told to all tabs: the cookie of it is the browser's.
const SEEN = 'ordo-see-as';

export function tellSeen() {
  const others = new BroadcastChannel(SEEN);
  others.postMessage('changed');
  others.close();
}

export function onSeen(fn: () => void): () => void {
  const channel = new BroadcastChannel(SEEN);
  channel.onmessage = fn;
  return () => channel.close();
}
