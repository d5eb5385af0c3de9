// Views of a list that were saved: mine, shared, and the one it opens with.
import { DeleteOutlined, DownOutlined, StarFilled, StarOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Checkbox, Dropdown, Input, Modal } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { readPath, sendPath } from '../api/client';
import { useMay } from '../api/session';
import { useTranslation } from '../i18n';
import { useProblemText } from '../ui';
import { parseAddress, printAddress, type ListState } from '../views';

interface View {
  id: string;
  screen: string;
  name: string;
  query: string;
  columns: string[];
  shared: boolean;
  is_default: boolean;
  own?: boolean;
}

interface Props {
  screen: string;
  state: ListState;
  columns: string[] | null;
  setColumns: (columns: string[] | null) => void;
}

export function SavedViews({ screen, state, columns, setColumns }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const problemText = useProblemText();
  const may = useMay();
  const client = useQueryClient();
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState('');
  const [shared, setShared] = useState(false);
  const views = useQuery({
    queryKey: ['views', screen],
    staleTime: 60_000,
    queryFn: () => readPath<{ data: View[] }>('/v1/views', { screen }),
  });
  const again = () => void client.invalidateQueries({ queryKey: ['views', screen] });
  const trouble = (error: unknown) => void message.error(problemText(error));
  const save = useMutation({
    mutationFn: () =>
      sendPath<View>('POST', '/v1/views', { screen, name, query: printAddress(state.query).slice(1), columns: columns ?? [], shared }),
    onSuccess: (view) => {
      setNaming(false);
      again();
      state.set({ view: view.id });
    },
    onError: trouble,
  });
  const change = useMutation({
    mutationFn: ({ id, body }: { id: string; body: Partial<View> }) => sendPath<View>('PATCH', `/v1/views/${id}`, body),
    onSuccess: again,
    onError: trouble,
  });
  const remove = useMutation({
    mutationFn: (id: string) => sendPath<void>('DELETE', `/v1/views/${id}`),
    onSuccess: () => {
      again();
      state.set({ view: undefined });
    },
    onError: trouble,
  });

  const all = views.data?.data ?? [];
  const open = (view: View) => {
    setColumns(view.columns.length ? view.columns : null);
    state.reset(parseAddress(view.query), { view: view.id });
  };
  const current = all.find((view) => view.id === state.view);

  // The list opens with its default view, once, where the address says nothing else.
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current || !views.data) return;
    begun.current = true;
    const first = views.data.data.find((view) => view.is_default);
    if (first && !Object.keys(state.query).length && !state.view) open(first);
  });

  return (
    <>
      <Dropdown
        autoFocus
        trigger={['click']}
        menu={{
          selectedKeys: current ? [current.id] : ['all'],
          items: [
            { key: 'all', label: t('list.view_all') },
            ...all.map((view) => ({ key: view.id, label: view.shared ? t('list.view_shared', { name: view.name }) : view.name })),
            { type: 'divider' as const },
            { key: 'save', label: t('list.view_save') },
            ...(current
              ? [
                  {
                    key: 'default',
                    icon: current.is_default ? <StarFilled aria-hidden /> : <StarOutlined aria-hidden />,
                    label: t(current.is_default ? 'list.view_undefault' : 'list.view_default'),
                  },
                  { key: 'delete', danger: true, icon: <DeleteOutlined aria-hidden />, label: t('list.view_delete', { name: current.name }) },
                ]
              : []),
          ],
          onClick: ({ key }) => {
            if (key === 'all') {
              setColumns(null);
              state.reset({});
            } else if (key === 'save') {
              setName('');
              setNaming(true);
            } else if (key === 'default' && current) change.mutate({ id: current.id, body: { is_default: !current.is_default } });
            else if (key === 'delete' && current) remove.mutate(current.id);
            else {
              const view = all.find((one) => one.id === key);
              if (view) open(view);
            }
          },
        }}
      >
        <Button type="text" className="view-button">
          {current?.name ?? t('list.view_all')} <DownOutlined aria-hidden />
        </Button>
      </Dropdown>
      <Modal
        open={naming}
        title={t('list.view_save')}
        okText={t('common.save')}
        cancelText={t('common.cancel')}
        okButtonProps={{ disabled: !name.trim(), loading: save.isPending }}
        onOk={() => save.mutate()}
        onCancel={() => setNaming(false)}
        destroyOnHidden
      >
        <div className="col">
          <label>
            {t('list.view_name')}
            <Input autoFocus value={name} maxLength={80} onChange={(event) => setName(event.target.value)} onPressEnter={() => name.trim() && save.mutate()} />
          </label>
          {may('view.share') && (
            <Checkbox checked={shared} onChange={(event) => setShared(event.target.checked)}>
              {t('list.view_share')}
            </Checkbox>
          )}
        </div>
      </Modal>
    </>
  );
}
