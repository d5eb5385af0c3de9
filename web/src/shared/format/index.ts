// Figures for people. Nothing else in the project formats money, quantities or times.
import { language } from '../i18n';

const cache = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();
function kept<T extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => T): T {
  let found = cache.get(key) as T | undefined;
  if (!found) cache.set(key, (found = make()));
  return found;
}

/** Decimals of a currency's minor unit by ISO 4217: 2 for USD, 0 for JPY. TWD has 2 there, yet nobody writes them. */
export function exponent(currency: string): number {
  if (currency === 'TWD') return 2;
  return kept(`e ${currency}`, () => new Intl.NumberFormat('en', { style: 'currency', currency })).resolvedOptions()
    .maximumFractionDigits as number;
}

// Plain Intl writes a bare $ for TWD in zh-TW and a bare ¥ for both CNY and JPY.
const symbols: Record<string, string> = { TWD: 'NT$', CNY: 'CN¥', USD: 'US$', HKD: 'HK$', JPY: 'JP¥' };
const bare: Record<string, string> = { en: 'USD' };

/** Minor units as digits with the exact decimals; whole TWD without `.00`. */
export function moneyDigits(minor: number | bigint, currency: string): string {
  const places = exponent(currency);
  const value = BigInt(minor);
  const sign = value < 0n ? '-' : '';
  const absolute = value < 0n ? -value : value;
  const unit = 10n ** BigInt(places);
  const whole = kept(`i ${language()}`, () => new Intl.NumberFormat(language(), { maximumFractionDigits: 0 })).format(absolute / unit);
  const rest = absolute % unit;
  if (places === 0 || (currency === 'TWD' && rest === 0n)) return sign + whole;
  return `${sign}${whole}.${rest.toString().padStart(places, '0')}`;
}

export function money(minor: number | bigint | null | undefined, currency: string): string {
  if (minor === null || minor === undefined) return '';
  return signed(moneyDigits(minor, currency), currency);
}

/** A price may have six places beyond its currency's own; the server tells such a one as text of minor units ("2000.5"). */
export function priceDigits(minor: number | string, currency: string): string {
  const [whole = '0', rest = ''] = String(minor).split('.');
  const digits = moneyDigits(BigInt(whole || '0'), currency);
  const fine = rest.replace(/0+$/, '');
  if (!fine) return digits;
  return `${digits.includes('.') ? digits : `${digits}.${'0'.repeat(exponent(currency))}`}${fine}`;
}
export function price(minor: number | string | null | undefined, currency: string): string {
  return minor === null || minor === undefined || minor === '' ? '' : signed(priceDigits(minor, currency), currency);
}

function signed(digits: string, currency: string): string {
  const symbol = bare[language()] === currency ? '$' : (symbols[currency] ?? kept(`s ${currency}`, () =>
    new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'narrowSymbol' }),
  ).formatToParts(0).find((part) => part.type === 'currency')?.value ?? currency);
  const gap = /[A-Z]$/.test(symbol) ? ' ' : '';
  return digits.startsWith('-') ? `-${symbol}${gap}${digits.slice(1)}` : symbol + gap + digits;
}

/** `12K`, `3.4M`: for axes, never for amounts that somebody reckons with. */
export function short(value: number): string {
  return kept(`c ${language()}`, () => new Intl.NumberFormat(language(), { notation: 'compact', maximumFractionDigits: 1 })).format(value);
}
export function moneyShort(minor: number, currency: string): string {
  return signed(short(minor / 10 ** exponent(currency)), currency);
}

/** What a person typed, in major units, as exact minor units; undefined when it is no amount. */
export function parseMoney(text: string, currency: string): number | undefined {
  const clean = text.replace(/[\s,，]/g, '').replace(/^[^\d.-]+/, '');
  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(clean);
  if (!match || (!match[2] && !match[3])) return undefined;
  const places = exponent(currency);
  const rest = match[3] ?? '';
  if (rest.length > places) return undefined;
  const value = Number(`${match[1]}${match[2] || '0'}${rest.padEnd(places, '0')}`);
  return Number.isSafeInteger(value) ? value : undefined;
}

export function quantity(value: number | null | undefined): string {
  if (value === null || value === undefined) return '';
  return kept(`q ${language()}`, () => new Intl.NumberFormat(language(), { maximumFractionDigits: 6 })).format(value);
}

export function integer(value: number): string {
  return kept(`i ${language()}`, () => new Intl.NumberFormat(language(), { maximumFractionDigits: 0 })).format(value);
}

/** Parts of one: 0.125 is 12.5 %. */
export function percent(value: number, places = 1): string {
  return kept(`p${places} ${language()}`, () =>
    new Intl.NumberFormat(language(), { style: 'percent', maximumFractionDigits: places }),
  ).format(value);
}

let zone: string | undefined;
/** The zone times are shown in: the user's, else the company's. */
export function setZone(timeZone: string | undefined) {
  zone = timeZone;
  cache.clear();
}

type When = string | number | Date | null | undefined;

function format(when: When, key: string, options: Intl.DateTimeFormatOptions, timeZone?: string): string {
  if (when === null || when === undefined || when === '') return '';
  const instant = new Date(when);
  if (Number.isNaN(instant.getTime())) return String(when); // an address may say anything
  const at = timeZone ?? zone;
  return kept(`${key} ${at ?? ''} ${language()}`, () =>
    new Intl.DateTimeFormat(language(), { ...options, hourCycle: 'h23', ...(at ? { timeZone: at } : {}) }),
  ).format(instant);
}

export const dateTime = (when: When, timeZone?: string) =>
  format(when, 'dt', { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }, timeZone);
export const dateTimeFull = (when: When, timeZone?: string) =>
  format(when, 'dtf', { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short' }, timeZone).replace(/ ?\[(.+)\]/, ' $1'); // Chinese writes zones in brackets
export const day = (when: When, timeZone?: string) => format(when, 'd', { month: 'short', day: 'numeric' }, timeZone);
export const date = (when: When, timeZone?: string) => format(when, 'df', { year: 'numeric', month: 'short', day: 'numeric' }, timeZone);
export const time = (when: When, timeZone?: string) => format(when, 't', { hour: '2-digit', minute: '2-digit' }, timeZone);
export const weekday = (when: When, timeZone?: string) => format(when, 'wd', { weekday: 'short', month: 'short', day: 'numeric' }, timeZone);

/** What people call a zone: "Eastern Standard Time", as it is at that moment. */
export const zoneName = (timeZone: string, when: number = Date.now()) =>
  kept(`zn ${timeZone} ${language()}`, () => new Intl.DateTimeFormat(language(), { timeZone, timeZoneName: 'long' })).formatToParts(when).find((part) => part.type === 'timeZoneName')?.value ?? timeZone;

/** `2026-11-20` is a day, not an instant: shown as it is written, whatever the zone. */
export const calendarDay = (text: string | null | undefined) => (text ? format(`${text}T12:00:00Z`, 'cd', { weekday: 'short', month: 'short', day: 'numeric' }, 'UTC') : '');

/** The day it is in a zone, as `2026-11-20`. */
export const todayIn = (timeZone: string, now = Date.now()) =>
  kept(`iso ${timeZone}`, () => new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' })).format(now);
/** `2026-11` or a day in it: the month in words. */
export const calendarMonth = (text: string | null | undefined) => (text ? format(`${text.slice(0, 7)}-15T12:00:00Z`, 'cm', { month: 'short', year: 'numeric' }, 'UTC') : '');
/** The same day without its weekday. */
export const calendarDate = (text: string | null | undefined) => (text ? format(`${text}T12:00:00Z`, 'ca', { month: 'short', day: 'numeric' }, 'UTC') : '');

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** "3 hours ago", "in 2 days"; now and then. */
export function relative(when: When, now = Date.now()): string {
  if (when === null || when === undefined || when === '') return '';
  const ms = new Date(when).getTime() - now;
  const words = new Intl.RelativeTimeFormat(language(), { numeric: 'auto', style: 'short' });
  for (const [unit, size] of steps) if (Math.abs(ms) >= size) return words.format(Math.trunc(ms / size), unit);
  return words.format(0, 'minute');
}

/** A span such as 95 minutes as `1 h 35 min`, the two largest parts. */
export function duration(ms: number): string {
  const sizes: [Intl.NumberFormatOptions['unit'], number][] = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1000],
  ];
  let rest = Math.abs(ms);
  const parts: string[] = [];
  for (const [unit, size] of sizes) {
    const n = Math.floor(rest / size);
    rest -= n * size;
    if (n > 0 && parts.length < 2)
      parts.push(new Intl.NumberFormat(language(), { style: 'unit', unit: unit as string, unitDisplay: 'short' }).format(n));
    else if (parts.length) break;
  }
  return parts.length ? parts.join(' ') : new Intl.NumberFormat(language(), { style: 'unit', unit: 'second', unitDisplay: 'short' }).format(0);
}
