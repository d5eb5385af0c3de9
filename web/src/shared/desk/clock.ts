/** "9", "930", "9:30", "24" as HH:MM; undefined when it is no time of day. */
export function clockOf(text: string): string | undefined {
  const match = /^\s*(\d{1,2})(?:[:.：]?(\d{2}))?\s*$/.exec(text);
  if (!match) return undefined;
  const [, hours = '', minutes = '00'] = match;
  const at = Number(hours) * 60 + Number(minutes);
  if (Number(minutes) > 59 || at > 24 * 60) return undefined;
  return `${hours.padStart(2, '0')}:${minutes}`;
}
