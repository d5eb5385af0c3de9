// Addresses as an envelope has them, countries by name.
import { language } from '../i18n';

export interface PostalAddress {
  name?: string;
  company?: string;
  line1?: string;
  line2?: string;
  city?: string;
  region?: string;
  postal_code?: string;
  country?: string;
  phone?: string;
}

export function countryName(code: string | undefined): string {
  if (!code) return '';
  return new Intl.DisplayNames(language(), { type: 'region', fallback: 'code' }).of(code) ?? code;
}

/** Where the city stands before its region and postal code. */
const cityFirst = new Set(['US', 'CA', 'AU', 'GB', 'IE', 'NZ']);

function cityLine({ city, region, postal_code, country }: PostalAddress): string {
  const join = (with_: string, ...some: (string | undefined)[]) => some.filter(Boolean).join(with_);
  if (country && cityFirst.has(country)) return join(', ', city, join(' ', region, postal_code));
  return join(' ', postal_code, city, region);
}

export function addressLines(address: PostalAddress | null | undefined): string[] {
  if (!address) return [];
  const { name, company, line1, line2, country, phone } = address;
  return [name, company, line1, line2, cityLine(address), countryName(country), phone].filter((line): line is string => Boolean(line));
}
