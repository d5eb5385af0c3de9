// The parts of an address inside of a form; `at` is where they stand, so that refusals find them.
import { Form, Input } from 'antd';
import { useTranslation } from '../i18n';
import { CountrySelect, countryName } from './fields';

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

const parts = ['name', 'company', 'line1', 'line2', 'city', 'region', 'postal_code', 'phone'] as const;

export function AddressFields({ at, without = [] }: { at: (string | number)[]; without?: readonly string[] }) {
  const { t } = useTranslation();
  return (
    <div className="fields">
      {parts
        .filter((part) => !without.includes(part))
        .map((part) => (
          <Form.Item key={part} name={[...at, part]} label={t(`address.${part}`)}>
            <Input maxLength={200} autoComplete="off" />
          </Form.Item>
        ))}
      <Form.Item name={[...at, 'country']} label={t('address.country')}>
        <CountrySelect />
      </Form.Item>
    </div>
  );
}

/** An address on a few lines, as an envelope has it. */
export function addressLines(address: PostalAddress | null | undefined): string[] {
  if (!address) return [];
  const join = (...some: (string | undefined)[]) => some.filter(Boolean).join(' ');
  return [join(address.name), join(address.company), join(address.line1), join(address.line2), join(address.postal_code, address.city, address.region), countryName(address.country), join(address.phone)].filter(Boolean);
}
