import { ImportOutlined, PlusOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { sendPath } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/session';
import { choice, EnumSelect, FormDialog, ListScreen, nameIn, NamesInput, PriceInput, useCompany, type ListDefinition } from '../../../shared/desk';
import { settled } from '../../../shared/desk/difference';
import { price as priceText, quantity, relative } from '../../../shared/format';
import { languageNames, useTranslation } from '../../../shared/i18n';
import { StatusTag } from '../../../shared/ui';
import { productKinds, type Product } from '../api';
import { optionText } from '../variants';
import { useGtinRule } from '../useGtinRule';

export function price(product: Pick<Product, 'price' | 'currency'>, company: string): string {
  return priceText(product.price, product.currency ?? company);
}

export function Products() {
  const { t } = useTranslation();
  const may = useMay();
  const navigate = useNavigate();
  const client = useQueryClient();
  const company = useCompany();
  const gtinRule = useGtinRule();
  const [adding, setAdding] = useState(false);
  const need = [{ required: true, message: t('common.required') }];
  const state = (row: Product) => <StatusTag tone={row.active ? 'good' : 'quiet'}>{t(row.active ? 'catalog.active' : 'catalog.inactive')}</StatusTag>;
  const add = may('catalog.write') && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setAdding(true)}>
      {t('catalog.add')}
    </Button>
  );
  const list: ListDefinition<Product> = {
    screen: 'products',
    resource: 'products',
    path: '/v1/products',
    title: 'catalog.title',
    defaultSort: '-created_at',
    id: (row) => row.id,
    href: (row) => `/products/${encodeURIComponent(row.sku)}`,
    actions: (
      <>
        {may('catalog.write') && (
          <Link to={'/imports' as never} className="row">
            <ImportOutlined aria-hidden />
            {t('catalog.import')}
          </Link>
        )}
        {add}
      </>
    ),
    columns: [
      { id: 'sku', title: 'catalog.sku', file: 'sku', width: 150, sort: 'sku', cell: (row) => <strong className="mono">{row.sku}</strong> },
      { id: 'name', title: 'catalog.name', file: 'name', width: 220, grow: 2, cell: (row) => nameIn(row.name) },
      ...(['en', 'zh-CN', 'zh-TW'] as const).map((language) => ({ id: `name ${language}`, title: languageNames[language], width: 180, grow: 1, optional: true, cell: (row: Product) => <span lang={language}>{row.name?.[language]}</span> })),
      { id: 'options', title: 'catalog.variants.options', width: 120, cell: (row) => optionText(row.options) },
      { id: 'parent', title: 'catalog.variants.of', file: 'parent_sku', width: 130, optional: true, cell: (row) => <span className="mono">{row.parent_sku}</span> },
      { id: 'kind', title: 'catalog.kind', file: 'kind', width: 120, cell: (row) => t(`enum.product_kind.${row.kind}`) },
      { id: 'state', title: 'common.state', file: 'active', width: 130, tagged: true, cell: state },
      { id: 'price', title: 'catalog.price', file: 'price', width: 120, numeric: true, cell: (row) => price(row, company.currency) },
      { id: 'gtin', title: 'catalog.gtin', file: 'gtin', width: 140, cell: (row) => <span className="mono">{row.gtin}</span> },
      { id: 'weight', title: 'catalog.weight', file: 'weight_g', width: 100, numeric: true, cell: (row) => quantity(row.weight_g) },
      { id: 'tax', title: 'catalog.tax', file: 'tax_category', width: 130, optional: true, cell: (row) => row.tax_category },
      { id: 'unit', title: 'catalog.unit', file: 'unit', width: 80, optional: true, cell: (row) => row.unit },
      { id: 'origin', title: 'catalog.origin', file: 'country_of_origin', width: 100, optional: true, cell: (row) => row.country_of_origin },
      { id: 'updated', title: 'common.updated', file: 'updated_at', width: 120, sort: 'updated_at', cell: (row) => relative(row.updated_at) },
    ],
    filters: [
      { id: 'active', label: 'common.state', kind: 'choice', names: ['active'], options: [{ value: 'true', label: 'catalog.active' }, { value: 'false', label: 'catalog.inactive' }] },
      choice('kind', 'catalog.kind', 'product_kind', productKinds),
      { id: 'gtin', label: 'catalog.gtin', kind: 'text', names: ['gtin'] },
      { id: 'parent_sku', label: 'catalog.variants.of', kind: 'text', names: ['parent_sku'] },
      { id: 'tax_category', label: 'catalog.tax', kind: 'text', names: ['tax_category'] },
      { id: 'updated', label: 'common.updated', kind: 'dates', names: ['updated_at[gte]', 'updated_at[lte]'] },
    ],
    card: (row) => (
      <>
        <div className="card-line">
          <strong className="grow ellipsis">{nameIn(row.name) || row.sku}</strong>
          {state(row)}
        </div>
        <div className="card-line muted">
          <span className="mono grow ellipsis">{row.sku}</span>
          <strong style={{ color: 'var(--text)' }}>{price(row, company.currency)}</strong>
        </div>
      </>
    ),
    empty: { title: 'catalog.empty', text: 'catalog.empty_text', action: add },
  };
  return (
    <>
      <ListScreen of={list} />
      {adding && (
        <FormDialog<Product>
          title={t('catalog.add')}
          ok={t('common.create')}
          initial={{ kind: 'stocked', name: {} }}
          send={(values) => sendPath<Product>('POST', '/v1/products', settled(values))}
          onDone={(made) => {
            void client.invalidateQueries({ queryKey: ['products'] });
            void navigate({ to: `/products/${encodeURIComponent(made.sku)}` as never });
          }}
          onClose={() => setAdding(false)}
        >
          <div className="fields">
            <Form.Item name="sku" label={t('catalog.sku')} extra={t('catalog.sku_help')} rules={need}>
              <Input maxLength={64} autoFocus spellCheck={false} />
            </Form.Item>
            <Form.Item name="kind" label={t('catalog.kind')}>
              <EnumSelect of="product_kind" values={productKinds} />
            </Form.Item>
            <Form.Item name="name" label={t('catalog.name')} className="wide">
              <NamesInput />
            </Form.Item>
            <Form.Item name="price" label={t('catalog.price')}>
              <PriceInput currency={company.currency} fine />
            </Form.Item>
            <Form.Item name="gtin" label={t('catalog.gtin')} rules={[gtinRule]}>
              <Input maxLength={14} inputMode="numeric" />
            </Form.Item>
          </div>
        </FormDialog>
      )}
    </>
  );
}
