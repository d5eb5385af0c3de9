// A picture of a screen with at most 256 colors: a third of its bytes, and nobody sees the difference. Flat areas keep their
// exact color; only the shades at the edges of letters come together.
import { deflateSync, inflateSync } from 'node:zlib';

const SIGN = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLORS = 256;
/** So many are areas, not edges, and stay whatever stands near them. */
const FLAT = 64;

const table = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});
function crc(bytes: Buffer): number {
  let c = 0xffffffff;
  for (const byte of bytes) c = (table[(c ^ byte) & 255] as number) ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}
function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc(body), 8 + data.length);
  return out;
}

/** Pixels as 0xRRGGBB; what is transparent lies on white. */
function pixels(png: Buffer): { width: number; height: number; all: Uint32Array } | undefined {
  const data: Buffer[] = [];
  let [width, height, size] = [0, 0, 0];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') {
      [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
      size = body[8] === 8 && body[12] === 0 ? ({ 2: 3, 6: 4 }[body[9] as number] ?? 0) : 0;
    } else if (type === 'IDAT') data.push(body);
    at += 12 + length;
  }
  if (!size) return undefined;
  const raw = inflateSync(Buffer.concat(data));
  const wide = width * size;
  const line = new Uint8Array(wide);
  const all = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (wide + 1)] as number;
    const row = y * (wide + 1) + 1;
    const corner = [0, 0, 0, 0];
    for (let x = 0; x < wide; x++) {
      const [left, up, before] = [x >= size ? (line[x - size] as number) : 0, line[x] as number, corner[x % size] as number];
      corner[x % size] = up;
      line[x] = (raw[row + x] as number) + guess(filter, left, up, before);
    }
    for (let x = 0; x < width; x++) all[y * width + x] = ((line[x * size] as number) << 16) | ((line[x * size + 1] as number) << 8) | (line[x * size + 2] as number);
  }
  return { width, height, all };
}
function guess(filter: number, left: number, up: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return (left + up) >> 1;
  const [a, b, c] = [Math.abs(up - corner), Math.abs(left - corner), Math.abs(left + up - 2 * corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

const apart = (a: number, b: number) => ((a >> 16) - (b >> 16)) ** 2 + (((a >> 8) & 255) - ((b >> 8) & 255)) ** 2 + ((a & 255) - (b & 255)) ** 2;

/** The colors that are there most, no two of them alike. */
function palette(all: Uint32Array): number[] {
  const counts = new Map<number, number>();
  for (const color of all) counts.set(color, (counts.get(color) ?? 0) + 1);
  const often = [...counts].sort((a, b) => b[1] - a[1]).map(([color]) => color);
  if (often.length <= COLORS) return often;
  const chosen = often.slice(0, FLAT);
  for (let least = 400; chosen.length < COLORS && least >= 0; least = least > 1 ? least >> 2 : least - 1)
    for (const color of often) {
      if (chosen.length >= COLORS) break;
      if (chosen.every((other) => apart(color, other) > least)) chosen.push(color);
    }
  return chosen;
}

export function shrink(png: Buffer): Buffer {
  const picture = pixels(png);
  if (!picture) return png;
  const { width, height, all } = picture;
  const colors = palette(all);
  const index = new Map(colors.map((color, i) => [color, i]));
  const nearest = (color: number) => {
    let found = index.get(color);
    if (found === undefined) {
      found = 0;
      for (const [i, other] of colors.entries()) if (apart(color, other) < apart(color, colors[found] as number)) found = i;
      index.set(color, found);
    }
    return found;
  };
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = nearest(all[y * width + x] as number);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const shades = Buffer.from(colors.flatMap((color) => [color >> 16, (color >> 8) & 255, color & 255]));
  const small = Buffer.concat([SIGN, chunk('IHDR', head), chunk('PLTE', shades), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
  return small.length < png.length ? small : png;
}
