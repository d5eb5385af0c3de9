/** A path of this server. */
export const isOurs = (url: string) => /^\/(?!\/)/.test(url);

/** What the server would refuse in an address of a picture; undefined = nothing. */
export function imageFault(url: string): 'format' | 'length' | undefined {
  if (new TextEncoder().encode(url).length > 1000) return 'length';
  if (/[ "'<>\\\r\n\t]/.test(url)) return 'format';
  return isOurs(url) || /^https:\/\/./.test(url) ? undefined : 'format';
}
