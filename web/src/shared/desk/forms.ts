// Refusals of the server brought to the fields of an antd form.
import type { FormInstance } from 'antd';
import { asProblem } from '../api/problem';
import { useTranslation } from '../i18n';

/** "/lines/0/sku" is the field ['lines', 0, 'sku']. */
function fieldOf(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** Puts each entry of `errors` on its field and the focus on the first; false when the problem belongs to no field. */
export function useFieldErrors(form: FormInstance): (error: unknown) => boolean {
  const { t } = useTranslation();
  return (error) => {
    const { errors } = asProblem(error);
    const fields = errors
      .filter((entry) => entry.pointer)
      .map((entry) => ({ name: fieldOf(entry.pointer), errors: [t(`error.${entry.code}`, { defaultValue: entry.detail })] }))
      .filter(({ name }) => form.getFieldInstance(name) || form.getFieldValue(name) !== undefined);
    if (!fields.length) return false;
    form.setFields(fields);
    const first = fields[0];
    if (first) form.scrollToField(first.name, { focus: true });
    return true;
  };
}
