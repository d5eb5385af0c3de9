// Inputs of forms that many screens share. All fit into antd's Form.Item.
import { useQuery } from '@tanstack/react-query';
import { Input, Select } from 'antd';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useMay } from '../api/session';
import { readPath } from '../api/client';
import { language, languageNames, languages, useTranslation } from '../i18n';
import { findProducts, nameIn } from './find';
import { minorOf, textOfMinor } from './price';

export { findProducts, nameIn };

interface Field<T> {
  id?: string;
  value?: T;
  onChange?: (value: T | undefined) => void;
  disabled?: boolean;
  'aria-label'?: string;
}

/** An amount in major units as people type it; minor units for the API, with up to six further places as text. */
export function PriceInput({ value, onChange, currency, fine = false, id, ...rest }: Field<number | string | null> & { currency: string; fine?: boolean }) {
  const [text, setText] = useState(textOfMinor(value, currency));
  const own = useRef(value);
  useEffect(() => {
    if (value !== own.current) setText(textOfMinor((own.current = value), currency));
  }, [value, currency]);
  return (
    <Input
      {...(id ? { id } : {})}
      {...rest}
      inputMode="decimal"
      value={text}
      suffix={<span className="muted">{currency}</span>}
      onChange={(event) => {
        setText(event.target.value);
        const minor = minorOf(event.target.value, currency, fine);
        own.current = minor ?? undefined;
        onChange?.(minor);
      }}
      onBlur={() => setText(textOfMinor(own.current, currency))}
    />
  );
}

/** A name in the three languages. */
export function NamesInput({ value = {}, onChange, id, disabled }: Field<Record<string, string>>) {
  return (
    <div className="names">
      {languages.map((one, i) => (
        <label key={one} htmlFor={i === 0 ? id : `${id}-${one}`} style={{ display: 'contents' }}>
          <span className="muted">{languageNames[one]}</span>
          <Input
            id={i === 0 ? (id ?? one) : `${id}-${one}`}
            lang={one}
            maxLength={255}
            disabled={disabled ?? false}
            value={value?.[one] ?? ''}
            onChange={(event) => onChange?.({ ...value, [one]: event.target.value })}
          />
        </label>
      ))}
    </div>
  );
}

const search = { optionFilterProp: 'label' } as const;

export function TagsInput(props: Field<string[]> & { placeholder?: string; upper?: boolean }) {
  const { value, onChange, upper, ...rest } = props;
  return <Select {...rest} mode="tags" open={false} suffixIcon={null} tokenSeparators={[',', ' ', '，']} value={value ?? []} onChange={(next: string[]) => onChange?.(upper ? next.map((one) => one.toUpperCase()) : next)} />;
}

const notCountries = new Set(['EU', 'EZ', 'UN', 'ZZ', 'QO', 'XA', 'XB', 'AC', 'CP', 'CQ', 'DG', 'EA', 'IC', 'TA', 'AN', 'BU', 'CS', 'DD', 'DY', 'FQ', 'FX', 'HV', 'JT', 'MI', 'NH', 'NQ', 'NT', 'PC', 'PU', 'PZ', 'RH', 'SU', 'TP', 'UK', 'VD', 'WK', 'YD', 'YU', 'ZR', 'CT']);
export function countries(): { value: string; label: string }[] {
  const names = new Intl.DisplayNames(language(), { type: 'region', fallback: 'none' });
  const all: { value: string; label: string }[] = [];
  for (let a = 65; a <= 90; a++)
    for (let b = 65; b <= 90; b++) {
      const code = String.fromCharCode(a, b);
      const name = notCountries.has(code) ? undefined : names.of(code);
      if (name) all.push({ value: code, label: `${code} · ${name}` });
    }
  return all.sort((x, y) => x.label.slice(5).localeCompare(y.label.slice(5), language()));
}

export function CountrySelect({ many, ...props }: Field<any> & { many?: boolean; placeholder?: string }) {
  const { i18n } = useTranslation();
  const options = useMemo(countries, [i18n.language]);
  return <Select {...props} {...(many ? { mode: 'multiple' as const } : {})} allowClear showSearch={search} options={options} />;
}

export function CurrencySelect(props: Field<string> & { placeholder?: string; only?: readonly string[] | undefined }) {
  const { only, ...rest } = props;
  const { i18n } = useTranslation();
  const options = useMemo(() => {
    const names = new Intl.DisplayNames(language(), { type: 'currency' });
    const first = ['USD', 'CNY', 'TWD', 'EUR', 'JPY', 'HKD', 'GBP'];
    const known = (only?.length ? only : Intl.supportedValuesOf('currency')).toSorted((a, b) => rank(first, a) - rank(first, b) || (a < b ? -1 : 1));
    return known.map((value) => ({ value, label: `${value} · ${names.of(value) ?? value}` }));
  }, [i18n.language, only]);
  return <Select {...rest} allowClear showSearch={search} options={options} />;
}
const rank = (first: string[], code: string) => (first.includes(code) ? first.indexOf(code) : first.length);

export function ZoneSelect(props: Field<string> & { placeholder?: string; only?: readonly string[] | undefined }) {
  const { only, ...rest } = props;
  const options = useMemo(() => {
    const zones = only?.length ? only : ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];
    return zones.map((value) => ({ value, label: value.replaceAll('_', ' ') }));
  }, [only]);
  return <Select {...rest} allowClear showSearch={search} options={options} />;
}

export function LanguageSelect(props: Field<string> & { placeholder?: string }) {
  return <Select {...props} allowClear options={languages.map((value) => ({ value, label: languageNames[value] }))} />;
}

export interface Place {
  id: string;
  code: string;
  name?: string;
  kind: string;
  latitude?: number;
  longitude?: number;
  time_zone?: string;
  active?: boolean;
}

/** The few masters that selects offer: all locations, channels or carriers, sorted by code. */
export function useMasters(of: 'locations' | 'channels' | 'carriers', enabled = true) {
  return useQuery({
    queryKey: [of, 'all'],
    enabled,
    staleTime: 60_000,
    queryFn: async () => (await readPath<{ data: Place[] }>(`/v1/${of}`, { limit: 200, sort: 'code' })).data,
  });
}

/** The zone in which days of a location are meant: what leaves it, and when that arrives. */
export function usePlaceZone(): (code: string | undefined) => string | undefined {
  const places = useMasters('locations', useMay()('master.read'));
  return (code) => places.data?.find((one) => one.code === code)?.time_zone;
}

export function MasterSelect({ of, many, ...props }: Field<any> & { of: 'locations' | 'channels' | 'carriers'; many?: boolean; placeholder?: string; allowClear?: boolean }) {
  const found = useMasters(of);
  return (
    <Select
      allowClear
      {...props}
      {...(many ? { mode: 'multiple' as const } : {})}
      loading={found.isPending}
      showSearch={search}
      options={(found.data ?? []).map(({ code, name }) => ({ value: code, label: name && name !== code ? `${code} · ${name}` : code }))}
    />
  );
}

/** Values of an enum of the domain, in words. */
export function EnumSelect({ of, values, ...props }: Field<any> & { of: string; values: readonly string[]; placeholder?: string; mode?: 'multiple'; allowClear?: boolean }) {
  const { t } = useTranslation();
  return <Select {...props} options={values.map((value) => ({ value, label: t(`enum.${of}.${value}`) }))} />;
}

/** A product by what one types of its code or name. */
export function SkuSelect({ value, onChange, placeholder, ...rest }: Field<string> & { placeholder?: string }) {
  const [text, setText] = useState('');
  const found = useQuery({
    queryKey: ['products', 'find', text],
    enabled: text.length > 0,
    staleTime: 30_000,
    queryFn: ({ signal }) => findProducts(text, signal),
  });
  return (
    <Select
      {...rest}
      {...(placeholder ? { placeholder } : {})}
      showSearch={{ filterOption: false, onSearch: setText }}
      allowClear
      value={value ?? null}
      loading={found.isFetching}
      onChange={(next) => onChange?.(next ?? undefined)}
      options={(found.data ?? []).map((one) => ({ value: one.sku, label: `${one.sku} · ${nameIn(one.name)}` }))}
    />
  );
}
