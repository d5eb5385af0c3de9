// The parts of an address inside of a form; `at` is where they stand, so that refusals find them.
import { Form, Input } from 'antd';
import { useTranslation } from '../i18n';
import { CountrySelect } from './fields';

export { addressLines, type PostalAddress } from '../format/address';

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
