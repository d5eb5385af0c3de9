// Right and wrong by sound and vibration; color and word are the screen's part.
let audio: AudioContext | undefined;

/** Browsers let sound begin only after a touch or a key. */
export function wakeSound() {
  try {
    audio ??= new AudioContext();
    if (audio.state === 'suspended') void audio.resume();
  } catch {
    // A device without sound still vibrates and shows.
  }
}

function tone(hz: number, from: number, seconds: number, shape: OscillatorType) {
  if (!audio) return;
  const at = audio.currentTime + from;
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  oscillator.type = shape;
  oscillator.frequency.value = hz;
  gain.gain.setValueAtTime(0.0001, at);
  gain.gain.exponentialRampToValueAtTime(0.4, at + 0.015);
  gain.gain.exponentialRampToValueAtTime(0.0001, at + seconds);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(at);
  oscillator.stop(at + seconds + 0.02);
}

export type Signal = 'right' | 'wrong' | 'done';

export function signal(kind: Signal) {
  wakeSound();
  if (kind === 'right') tone(1320, 0, 0.09, 'sine');
  if (kind === 'done') for (const [i, hz] of [880, 1175, 1568].entries()) tone(hz, i * 0.09, 0.12, 'sine');
  if (kind === 'wrong') for (const i of [0, 1]) tone(180, i * 0.2, 0.16, 'square');
  navigator.vibrate?.(kind === 'wrong' ? [180, 80, 180] : kind === 'done' ? [40, 40, 40] : 40);
}
