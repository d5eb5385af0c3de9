import { useTranslation } from '../../../shared/i18n';
import type { Permission } from '../api';

/** What a permission allows, for people; the API's own words where our catalog knows it not yet. */
export function usePermissionText() {
  const { t } = useTranslation();
  return ({ name, doc }: Permission) => t(`identity.permission.${name.replace('.', '_')}`, { defaultValue: doc ?? name });
}
