import { useTranslation } from '../../shared/i18n';
import { gtinFault } from './gtin';

/** A rule for antd's forms: the check digit, at once. */
export function useGtinRule() {
  const { t } = useTranslation();
  return {
    validator: async (_: unknown, value: string | null | undefined) => {
      const fault = value ? gtinFault(value) : undefined;
      if (fault) throw new Error(fault.kind === 'length' ? t('catalog.gtin_length') : t('catalog.gtin_wrong', { digit: fault.digit }));
    },
  };
}
