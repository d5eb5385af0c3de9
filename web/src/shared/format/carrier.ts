/** The carrier's own page about a parcel, by its template: only on the web, and never with anything but the number put in. */
export function carrierPage(template: string | null | undefined, number: string | null | undefined): string | undefined {
  return template && number && /^https?:\/\//i.test(template) ? template.replaceAll('{number}', encodeURIComponent(number)) : undefined;
}
