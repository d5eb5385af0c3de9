import { CheckOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { readPath } from '../../../shared/api/client';
import { Panel } from '../../../shared/desk';
import { useTranslation } from '../../../shared/i18n';
import { Bones, Trouble } from '../../../shared/ui';
import { families, grants, type Permission, type Role } from '../api';
import { usePermissionText } from './permission';
import { IdentityTabs } from './Tabs';
import '../identity.css';

export function Roles() {
  const { t } = useTranslation();
  const text = usePermissionText();
  const roles = useQuery({ queryKey: ['roles'], staleTime: Infinity, queryFn: () => readPath<{ data: Role[] }>('/v1/roles', { limit: 100 }) });
  const permissions = useQuery({ queryKey: ['permissions'], staleTime: Infinity, queryFn: () => readPath<{ data: Permission[] }>('/v1/permissions', { limit: 100 }) });
  const body = () => {
    if (roles.isPending || permissions.isPending) return <Bones />;
    if (roles.isError || permissions.isError) return <Trouble error={roles.error ?? permissions.error} retry={() => void (roles.refetch(), permissions.refetch())} />;
    return (
      <Panel title={t('identity.users.matrix')} note={t('identity.users.matrix_text')} flush>
        <table className="plain user-matrix">
          <thead>
            <tr>
              <th scope="col">{t('identity.users.permission')}</th>
              {roles.data.data.map((role) => (
                <th key={role.code} scope="col">
                  {t(`enum.role.${role.code}`, { defaultValue: role.name })}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {families(permissions.data.data)
              .flatMap(([, members]) => members)
              .map((permission) => (
                <tr key={permission.name}>
                  <th scope="row">
                    <span className="cell-stack">
                      {text(permission)}
                      <small className="mono">{permission.name}</small>
                    </span>
                  </th>
                  {roles.data.data.map((role) => (
                    <td key={role.code}>
                      {grants(role.scope, permission.name) ? (
                        <CheckOutlined style={{ color: 'var(--good)' }} aria-label={t('identity.users.granted')} />
                      ) : (
                        <span className="muted" aria-label={t('identity.users.not_granted')} role="img">
                          –
                        </span>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
          </tbody>
        </table>
      </Panel>
    );
  };
  return (
    <div className="screen">
      <header className="screen-head">
        <h1>{t('identity.tabs.roles')}</h1>
      </header>
      <IdentityTabs at="roles" />
      <div className="screen-body">{body()}</div>
    </div>
  );
}
