import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { App, Button, Checkbox, Form, Input } from 'antd';
import { useState } from 'react';
import { keep } from '../../../shared/api/keep';
import { patchPath, readPath } from '../../../shared/api/client';
import { asProblem } from '../../../shared/api/problem';
import { useMay } from '../../../shared/api/session';
import { AddressFields, FormDialog, LanguageSelect, PageHead, Panel, RecordForm, TagsInput, useMasters } from '../../../shared/desk';
import { date, day, integer, money } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { Bones, EnumTag, StatusTag, Trouble, useProblemText, type Tone } from '../../../shared/ui';
import type { Customer, OrderRow, Profile } from '../api';

const labels = {
  name: 'customers.name',
  company: 'customers.company',
  email: 'customers.email',
  phone: 'customers.phone',
  tax_id: 'customers.tax_id',
  language: 'customers.language',
  external_id: 'customers.external_id',
  tags: 'customers.tags',
  notes: 'customers.notes',
  addresses: 'customers.addresses',
};

const segmentTones: Record<string, Tone> = { champions: 'good', loyal: 'good', promising: 'accent', new: 'info', attention: 'warn', at_risk: 'warn', hibernating: 'quiet', lost: 'quiet' };

function ProfilePanel({ id }: { id: string }) {
  const { t } = useTranslation();
  const channels = useMasters('channels');
  const names = new Map((channels.data ?? []).map((one) => [one.code, one.name ?? one.code]));
  const found = useQuery({ queryKey: ['customers', 'profile', id], queryFn: () => readPath<Profile>(`/v1/customers/${id}/profile`, {}) });
  // Who sees only some of the rows is not told sums over all of them.
  if (found.isError && asProblem(found.error).status === 403) return null;
  const body = () => {
    if (found.isPending) return <Bones rows={4} />;
    if (found.isError) return <Trouble error={found.error} retry={() => void found.refetch()} />;
    const p = found.data;
    if (!p.orders) return <p className="muted">{t('customers.orders_none')}</p>;
    return (
      <div className="col" style={{ gap: 14 }}>
        <dl className="figures">
          <div>
            <dt>{t('customers.lifetime')}</dt>
            <dd>{money(p.lifetime_value, p.currency)}</dd>
          </div>
          <div>
            <dt>{t('customers.order_count')}</dt>
            <dd>{integer(p.orders)}</dd>
          </div>
        </dl>
        <dl className="facts">
          {p.segment && (
            <>
              <dt>{t('customers.segment')}</dt>
              <dd>
                <StatusTag tone={segmentTones[p.segment] ?? 'quiet'}>{t(`customers.segments.${p.segment}`, { defaultValue: p.segment })}</StatusTag>
              </dd>
            </>
          )}
          <dt>{t('customers.rfm')}</dt>
          <dd>{t('customers.rfm_score', { r: p.recency, f: p.frequency, m: p.monetary })}</dd>
          <dt>{t('customers.average')}</dt>
          <dd>{money(p.average_value, p.currency)}</dd>
          <dt>{t('customers.first')}</dt>
          <dd>{date(p.first_order_at)}</dd>
          <dt>{t('customers.last')}</dt>
          <dd>{date(p.last_order_at)}</dd>
        </dl>
        {p.channels && p.channels.length > 0 && (
          <table className="plain">
            <thead>
              <tr>
                <th scope="col">{t('customers.channel')}</th>
                <th scope="col" className="num">
                  {t('customers.order_count')}
                </th>
                <th scope="col" className="num">
                  {t('customers.value')}
                </th>
                <th scope="col" className="num">
                  {t('customers.last')}
                </th>
              </tr>
            </thead>
            <tbody>
              {p.channels.map((one) => (
                <tr key={one.channel}>
                  <th scope="row">
                    <Link to={'/orders' as never} search={{ customer_id: id, channel: one.channel } as never}>
                      {names.get(one.channel) ?? one.channel}
                    </Link>
                  </th>
                  <td className="num">{integer(one.orders)}</td>
                  <td className="num">{money(one.lifetime_value, p.currency)}</td>
                  <td className="num">{day(one.last_order_at)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    );
  };
  return <Panel title={t('customers.profile')}>{body()}</Panel>;
}

function Orders({ id }: { id: string }) {
  const { t } = useTranslation();
  const found = useQuery({ queryKey: ['orders', 'of customer', id], queryFn: () => readPath<{ data: OrderRow[] }>('/v1/orders', { customer_id: id, limit: 10 }) });
  if (found.isPending) return <Bones rows={3} />;
  if (found.isError) return <Trouble error={found.error} retry={() => void found.refetch()} />;
  if (!found.data.data.length) return <p className="muted" style={{ padding: 16 }}>{t('customers.orders_none')}</p>;
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">{t('customers.number')}</th>
          <th scope="col">{t('customers.placed')}</th>
          <th scope="col">{t('common.state')}</th>
          <th scope="col" className="num">
            {t('customers.total')}
          </th>
        </tr>
      </thead>
      <tbody>
        {found.data.data.map((order) => (
          <tr key={order.id}>
            <th scope="row" style={{ whiteSpace: 'nowrap' }}>
              <Link to={`/orders/${order.id}` as never}>{order.number || order.id}</Link>
            </th>
            <td style={{ whiteSpace: 'nowrap' }}>{day(order.placed_at ?? order.created_at)}</td>
            <td>
              <EnumTag of="order_state" value={order.state} />
            </td>
            <td className="num">{money(order.totals?.total, order.currency ?? 'USD')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Addresses({ write }: { write: boolean }) {
  const { t } = useTranslation();
  return (
    <Form.List name="addresses">
      {(fields, { add, remove }) => (
        <div className="stack">
          {fields.map(({ key, name }) => (
            <fieldset key={key} style={{ border: '1px solid var(--line)', borderRadius: 'var(--radius)', padding: 12, margin: 0, minWidth: 0 }}>
              <legend className="hidden">{t('customers.addresses')}</legend>
              <div className="fields">
                <Form.Item name={[name, 'label']} label={t('customers.address_label')}>
                  <Input maxLength={60} />
                </Form.Item>
              </div>
              <AddressFields at={[name, 'address']} />
              <div className="row wrap">
                <Form.Item name={[name, 'default_shipping']} valuePropName="checked" noStyle>
                  <Checkbox>{t('customers.shipping')}</Checkbox>
                </Form.Item>
                <Form.Item name={[name, 'default_billing']} valuePropName="checked" noStyle>
                  <Checkbox>{t('customers.billing')}</Checkbox>
                </Form.Item>
                <span className="grow" />
                {write && (
                  <Button icon={<DeleteOutlined aria-hidden />} onClick={() => remove(name)}>
                    {t('common.remove')}
                  </Button>
                )}
              </div>
            </fieldset>
          ))}
          {write && (
            <div>
              <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({ address: {}, default_shipping: fields.length === 0, default_billing: false })}>
                {t('customers.address_add')}
              </Button>
            </div>
          )}
        </div>
      )}
    </Form.List>
  );
}

/** The number of an address in its list is the server's to say; it is not sent back. */
function unnumbered(record: Customer): Customer {
  const addresses = (record.addresses ?? []).map((one) => {
    const rest = { ...one };
    delete rest.n;
    return rest;
  });
  return { ...record, addresses };
}

export function CustomerPage() {
  const { t } = useTranslation();
  const { id } = useParams({ strict: false }) as { id: string };
  const { message } = App.useApp();
  const problemText = useProblemText();
  const may = useMay();
  const client = useQueryClient();
  const [blocking, setBlocking] = useState(false);
  const path = `/v1/customers/${encodeURIComponent(id)}`;
  const key = ['customers', 'one', id];
  const read = async () => {
    return unnumbered(await readPath<Customer>(path, {}));
  };
  const found = useQuery({ queryKey: key, queryFn: read });
  const took = (record: Customer) => {
    keep(client, key, unnumbered(record));
    void client.invalidateQueries({ queryKey: ['customers', 'list'] });
  };
  const unblock = useMutation({
    mutationFn: () => patchPath<Customer>(path, { blocked: false }, found.data?.version),
    onSuccess: took,
    onError: (error) => void message.error(problemText(error)),
  });
  if (found.isPending) return <Bones rows={12} />;
  if (found.isError) return <Trouble error={found.error} retry={() => void found.refetch()} />;
  const customer = found.data;
  const name = customer.name ?? customer.company ?? customer.email ?? customer.phone ?? customer.id;
  const whole = may('personal.read');
  const write = may('customer.write') && whole;
  return (
    <div className="screen page">
      <PageHead
        back="/customers"
        backLabel={t('customers.title')}
        title={name}
        tags={
          <>
            <StatusTag tone={customer.blocked ? 'bad' : 'good'}>{t(customer.blocked ? 'customers.blocked' : 'customers.fine')}</StatusTag>
            {customer.blocked_reason && <span className="muted">{customer.blocked_reason}</span>}
            {!whole && <span className="muted">{t('customers.masked')}</span>}
          </>
        }
        actions={
          may('customer.write') &&
          (customer.blocked ? (
            <Button type="primary" loading={unblock.isPending} onClick={() => unblock.mutate()}>
              {t('customers.unblock')}
            </Button>
          ) : (
            <Button danger onClick={() => setBlocking(true)}>
              {t('customers.block')}
            </Button>
          ))
        }
      />
      <RecordForm<Customer> key={id} name={`customer.${id}`} record={customer} labels={labels} may={write} save={async (patch, version) => unnumbered(await patchPath<Customer>(path, patch, version))} reload={read} onSaved={took}>
        <div className="screen-body">
          <div className="columns">
            <div className="stack">
              <Panel title={t('customers.who')}>
                <div className="fields">
                  <Form.Item name="name" label={t('customers.name')}>
                    <Input maxLength={200} autoComplete="off" />
                  </Form.Item>
                  <Form.Item name="company" label={t('customers.company')}>
                    <Input maxLength={200} autoComplete="off" />
                  </Form.Item>
                  <Form.Item name="email" label={t('customers.email')}>
                    <Input maxLength={254} autoComplete="off" />
                  </Form.Item>
                  <Form.Item name="phone" label={t('customers.phone')}>
                    <Input maxLength={40} autoComplete="off" />
                  </Form.Item>
                  <Form.Item name="tax_id" label={t('customers.tax_id')}>
                    <Input maxLength={40} />
                  </Form.Item>
                  <Form.Item name="language" label={t('customers.language')}>
                    <LanguageSelect />
                  </Form.Item>
                  <Form.Item name="external_id" label={t('customers.external_id')}>
                    <Input maxLength={100} />
                  </Form.Item>
                  <Form.Item name="tags" label={t('customers.tags')}>
                    <TagsInput />
                  </Form.Item>
                  <Form.Item name="notes" label={t('customers.notes')} className="wide">
                    <Input.TextArea rows={3} maxLength={2000} />
                  </Form.Item>
                </div>
              </Panel>
              <Panel title={t('customers.addresses')}>
                <Addresses write={write} />
              </Panel>
            </div>
            <div className="stack">
              {may('order.read') && <ProfilePanel id={customer.id} />}
              {may('order.read') && (
                <Panel
                  title={t('customers.orders')}
                  flush
                  extra={
                    <Link to={'/orders' as never} search={{ customer_id: customer.id } as never}>
                      {t('customers.orders_all')}
                    </Link>
                  }
                >
                  <Orders id={customer.id} />
                </Panel>
              )}
            </div>
          </div>
        </div>
      </RecordForm>
      {blocking && (
        <FormDialog<Customer>
          title={t('customers.block_title', { name })}
          ok={t('customers.block')}
          danger
          width={460}
          send={({ blocked_reason }) => patchPath<Customer>(path, { blocked: true, blocked_reason }, customer.version)}
          onDone={(record) => {
            took(record);
            setBlocking(false);
          }}
          onClose={() => setBlocking(false)}
        >
          <p className="panel-note">{t('customers.block_text')}</p>
          <Form.Item name="blocked_reason" label={t('customers.block_reason')} rules={[{ required: true, message: t('common.required') }]}>
            <Input.TextArea autoFocus maxLength={500} rows={2} />
          </Form.Item>
        </FormDialog>
      )}
    </div>
  );
}
