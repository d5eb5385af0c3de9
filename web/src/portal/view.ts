// What the tracking page shows, worked out of the server's answer. Pure.
export interface Item { name: string; quantity: number; unit?: string }
export interface Scan { at: string; status: string; description?: string; place?: string }
export interface Parcel {
  n: number;
  carrier?: string;
  carrier_name?: string;
  carrier_phone?: string;
  service?: string;
  number?: string;
  url?: string;
  status?: string;
  shipped_at?: string;
  expected_at?: string;
  delivered_at?: string;
  items?: Item[];
  events?: Scan[];
}
export interface Step { code: string; state: 'done' | 'current' | 'todo'; at?: string }
export interface View {
  order_number?: string;
  language?: string;
  state: string;
  shop?: { name?: string; color?: string; logo_url?: string };
  expected?: { ship_by?: string; deliver_by?: string; time_zone?: string };
  promised?: string;
  changes?: { at?: string; from?: string; to?: string; reason?: string }[];
  steps?: Step[];
  parcels?: Parcel[];
  waiting?: Item[];
  recipient?: { name?: string; city?: string; country?: string };
  pickup?: { name?: string; line1?: string; line2?: string; city?: string; region?: string; postal_code?: string };
  ordered_at?: string;
  updated_at?: string;
}

/** The token of /track/TOKEN. */
export function tokenOf(path: string): string | undefined {
  return /^\/track\/([A-Za-z0-9_-]{8,128})\/?$/.exec(path)?.[1];
}

type Rgb = [number, number, number];
function parse(color: string): Rgb | undefined {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color.trim());
  return match ? [parseInt(match[1] as string, 16), parseInt(match[2] as string, 16), parseInt(match[3] as string, 16)] : undefined;
}
const hex = (color: Rgb) => `#${color.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
function light(color: Rgb): number {
  const [r, g, b] = color.map((part) => {
    const c = part / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
/** Contrast of WCAG 2: 1 to 21. */
export function contrast(a: string, b: string): number {
  const [x, y] = [light(parse(a) ?? [0, 0, 0]), light(parse(b) ?? [255, 255, 255])];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

/** The shop's color as it can be read on `ground`: moved towards black or white until the contrast is enough. */
export function readable(color: string | undefined, ground: string, enough = 4.5): string | undefined {
  const given = color ? parse(color) : undefined;
  const under = parse(ground);
  if (!given || !under) return undefined;
  const goal: Rgb = light(under) > 0.4 ? [0, 0, 0] : [255, 255, 255];
  for (let part = 0; part <= 1.0001; part += 0.05) {
    const mixed = hex(given.map((c, i) => c + ((goal[i] as number) - c) * part) as Rgb);
    if (contrast(mixed, ground) >= enough) return mixed;
  }
  return hex(goal);
}

/** How the headline is told. */
type Headline = 'expected' | 'leaves' | 'delivered' | 'collected' | 'ready' | 'cancelled' | 'returning' | 'soon';
export function headline(view: View): Headline {
  if (view.state === 'delivered' || view.state === 'collected' || view.state === 'ready' || view.state === 'cancelled' || view.state === 'returning') return view.state;
  if (view.expected?.deliver_by) return 'expected';
  return view.expected?.ship_by ? 'leaves' : 'soon';
}

/** The day it came: of the parcel that came last. */
export function deliveredAt(view: View): string | undefined {
  const all = (view.parcels ?? []).map((parcel) => parcel.delivered_at).filter((at): at is string => !!at);
  return all.sort().at(-1) ?? view.steps?.find((step) => step.code === 'delivered' || step.code === 'collected')?.at;
}

/** Where it is collected, in one line; undefined: it is sent. */
export function pickupPlace(view: View): string | undefined {
  const { name, line1, line2, city, region, postal_code } = view.pickup ?? {};
  return name ? [name, line1, line2, city, region, postal_code].filter(Boolean).join(', ') : undefined;
}

/** Only addresses of web pages become links. */
export function safeLink(address: string | undefined): string | undefined {
  return address && /^https?:\/\//i.test(address) ? address : undefined;
}
