// That one begins or ends to see as somebody else is told to all other tabs: the cookie of it is the browser's.
const SEEN = 'ordo-see-as';
/** The one end of this tab: what it says it does not hear itself, or it would load the page anew that it is leaving. */
let own: BroadcastChannel | undefined;
const end = () => (own ??= new BroadcastChannel(SEEN));

export function tellSeen() {
  end().postMessage('changed');
}

export function onSeen(fn: () => void): () => void {
  const heard = () => fn();
  end().addEventListener('message', heard);
  return () => end().removeEventListener('message', heard);
}
