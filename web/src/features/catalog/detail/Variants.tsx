// Variants of a product: what differs, what each costs and has; new ones from options, all at once.
import { PlusOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { App, Button, Form, Input } from 'antd';
import { useState } from 'react';
import { readPath, sendPath } from '../../../shared/api/client';
import { FormDialog, Panel, SkuSelect, TagsInput, useCompany } from '../../../shared/desk';
import { price, quantity } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { Bones, StatusTag, Trouble } from '../../../shared/ui';
import type { Product } from '../api';
import { combine, optionsOf, optionText, productsOf, VARIANTS_MAX, type Option } from '../variants';
import { AttributesInput } from './AttributesInput';

const useChildren = (sku: string) =>
  useQuery({ queryKey: ['products', 'variants', sku], queryFn: ({ signal }) => readPath<{ data: Product[] }>('/v1/products', { parent_sku: sku, sort: 'sku', limit: 200 }, signal) });
const useFree = (sku: string, enabled: boolean) =>
  useQuery({
    queryKey: ['stock', 'variants', sku],
    enabled,
    queryFn: async ({ signal }) => {
      const { data } = await readPath<{ data: { sku: string; available: number }[] }>('/v1/stock/summary', { parent_sku: sku, limit: 200 }, signal);
      return new Map(data.map((one) => [one.sku, one.available]));
    },
  });

export function Variants({ product, write, stock }: { product: Product; write: boolean; stock: boolean }) {
  const { t } = useTranslation();
  const family = product.parent_sku ?? product.sku;
  const found = useChildren(family);
  const free = useFree(family, stock);
  const company = useCompany();
  const [adding, setAdding] = useState(false);
  const rows = found.data?.data ?? [];
  const names = optionsOf(rows).map((one) => one.name);
  return (
    <Panel
      title={t('catalog.variants.title')}
      note={t('catalog.variants.note')}
      extra={
        write &&
        !product.parent_sku && (
          <Button size="small" icon={<PlusOutlined aria-hidden />} onClick={() => setAdding(true)}>
            {t('catalog.variants.add')}
          </Button>
        )
      }
    >
      {(product.parent_sku || !rows.length) && (
        <div className="fields">
          <Form.Item name="parent_sku" label={t('catalog.variants.of')} {...(product.parent_sku ? { extra: <Link to={`/products/${encodeURIComponent(product.parent_sku)}` as never}>{t('catalog.variants.open_parent')}</Link> } : {})}>
            <SkuSelect />
          </Form.Item>
        </div>
      )}
      {product.parent_sku && (
        <Form.Item name="options" label={t('catalog.variants.options')}>
          <AttributesInput disabled={!write} add={t('catalog.variants.option_add')} />
        </Form.Item>
      )}
      {found.isPending ? (
        <Bones rows={2} />
      ) : found.isError ? (
        <Trouble error={found.error} retry={() => void found.refetch()} />
      ) : (
        rows.length > 0 && (
          <div className="table-scroll">
            <table className="plain">
              <thead>
                <tr>
                  <th scope="col">{t('catalog.sku')}</th>
                  {names.map((name) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ))}
                  <th scope="col" className="num">
                    {t('catalog.price')}
                  </th>
                  {stock && (
                    <th scope="col" className="num">
                      {t('catalog.variants.free')}
                    </th>
                  )}
                  <th scope="col">{t('common.state')}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.id} {...(row.sku === product.sku ? { 'aria-current': true as const, className: 'here' } : {})}>
                    <th scope="row" className="mono">
                      {row.sku === product.sku ? row.sku : <Link to={`/products/${encodeURIComponent(row.sku)}` as never}>{row.sku}</Link>}
                    </th>
                    {names.map((name) => (
                      <td key={name}>{row.options?.[name]}</td>
                    ))}
                    <td className="num">{price(row.price, row.currency ?? company.currency)}</td>
                    {stock && <td className="num">{quantity(free.data?.get(row.sku))}</td>}
                    <td>
                      <StatusTag tone={row.active ? 'good' : 'quiet'}>{t(row.active ? 'catalog.active' : 'catalog.inactive')}</StatusTag>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )
      )}
      {adding && <NewVariants parent={product} rows={rows} onClose={() => setAdding(false)} />}
    </Panel>
  );
}

interface Made {
  created: number;
  refused: number;
  results: { n: number; status: number; sku?: string; code?: string; detail?: string }[];
}

function NewVariants({ parent, rows, onClose }: { parent: Product; rows: readonly Product[]; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [form] = Form.useForm();
  const [refused, setRefused] = useState<Made['results']>([]);
  const typed = (Form.useWatch('of', { form, preserve: true }) ?? []) as (Option | undefined)[];
  const there = new Set(rows.map((one) => optionText(one.options)));
  const all = combine(parent.sku, typed.filter((one): one is Option => Boolean(one)));
  const fresh = all.filter((one) => !there.has(optionText(one.options)));
  const known = optionsOf(rows);
  return (
    <FormDialog<Made>
      title={t('catalog.variants.add')}
      ok={t('catalog.variants.make', { count: fresh.length })}
      width={640}
      form={form}
      initial={{ of: known.length ? known : [{ name: '', values: [] }] }}
      send={() => {
        if (!fresh.length || fresh.length > VARIANTS_MAX) return Promise.resolve({ created: 0, refused: 0, results: [] });
        return sendPath<Made>('POST', '/v1/products/bulk', { products: productsOf(parent, fresh) });
      }}
      onDone={({ created, results }) => {
        void client.invalidateQueries({ queryKey: ['products'] });
        const bad = results.filter((one) => one.status >= 400);
        setRefused(bad);
        if (created) void message.success(t('catalog.variants.made', { count: created }));
        if (created && !bad.length) onClose();
      }}
      onClose={onClose}
    >
      <p className="panel-note">{t('catalog.variants.add_note')}</p>
      <Form.List name="of">
        {(fields, { add }) => (
          <div className="lines">
            {fields.map(({ key, name }) => (
              <div key={key} className="line" style={{ gridTemplateColumns: 'minmax(120px, 1fr) minmax(0, 2fr)' }}>
                <Form.Item name={[name, 'name']}>
                  <Input aria-label={t('catalog.variants.option')} placeholder={t('catalog.variants.option_hint')} maxLength={40} />
                </Form.Item>
                <Form.Item name={[name, 'values']}>
                  <TagsInput aria-label={t('catalog.variants.values')} placeholder={t('catalog.variants.values_hint')} />
                </Form.Item>
              </div>
            ))}
            {fields.length < 3 && (
              <div>
                <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({ name: '', values: [] })}>
                  {t('catalog.variants.option_add')}
                </Button>
              </div>
            )}
          </div>
        )}
      </Form.List>
      <div aria-live="polite" style={{ marginTop: 12 }}>
        {fresh.length > VARIANTS_MAX ? (
          <p style={{ color: 'var(--bad)' }}>{t('catalog.variants.too_many', { n: VARIANTS_MAX })}</p>
        ) : (
          fresh.length > 0 && (
            <ul className="sku-list mono">
              {fresh.map((one) => (
                <li key={one.sku}>{one.sku}</li>
              ))}
            </ul>
          )
        )}
        {refused.map((one) => (
          <p key={one.n} style={{ color: 'var(--bad)' }}>
            <span className="mono">{one.sku}</span> {t(`error.${one.code}`, { defaultValue: one.detail ?? '' })}
          </p>
        ))}
      </div>
    </FormDialog>
  );
}
