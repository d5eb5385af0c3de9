import { CheckOutlined, EyeOutlined } from '@ant-design/icons';
import { useMutation, useQuery } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { readPath } from '../../../shared/api/client';
import { seeAs, useMay } from '../../../shared/api/session';
import { Panel } from '../../../shared/desk';
import { useTranslation } from '../../../shared/i18n';
import { Bones, Trouble, useProblemText } from '../../../shared/ui';
import { families, grants, type Permission, type Role } from '../api';
import { usePermissionText } from './permission';
import { IdentityTabs } from './Tabs';
import '../identity.css';

/** Shows the console as who has the role sees it. */
function SeeAs({ role, name }: { role: string; name: string }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const begin = useMutation({ mutationFn: () => seeAs({ role }), onError: (error) => void message.error(problemText(error)) });
  return (
    <Button size="small" icon={<EyeOutlined aria-hidden />} loading={begin.isPending} aria-label={t('identity.users.see_as_name', { name })} title={t('identity.users.see_as_name', { name })} onClick={() => begin.mutate()}>
      {t('identity.users.see_as')}
    </Button>
  );
}

export function Roles() {
  const may = useMay();
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
                  <span className="cell-stack" style={{ gap: 4, alignItems: 'center' }}>
                    {t(`enum.role.${role.code}`, { defaultValue: role.name })}
                    {may('user.admin') && <SeeAs role={role.code} name={t(`enum.role.${role.code}`, { defaultValue: role.name })} />}
                  </span>
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
