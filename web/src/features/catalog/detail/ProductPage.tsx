import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { App, Button, Form, Input, InputNumber } from 'antd';
import { keep } from '../../../shared/api/keep';
import { patchPath, readPath } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/session';
import { CountrySelect, CurrencySelect, EnumSelect, nameIn, NamesInput, PageHead, Panel, PriceInput, RecordForm, useCompany } from '../../../shared/desk';
import { useTranslation } from '../../../shared/i18n';
import { Bones, StatusTag, Trouble, useProblemText } from '../../../shared/ui';
import { StockByLocation } from '../../inventory';
import { productKinds, type Product } from '../api';
import { optionText } from '../variants';
import { useGtinRule } from '../useGtinRule';
import '../catalog.css';
import { imageFault } from '../images';
import { AttributesInput } from './AttributesInput';
import { ImagesInput } from './ImagesInput';
import { Variants } from './Variants';

const labels = {
  name: 'catalog.name',
  kind: 'catalog.kind',
  unit: 'catalog.unit',
  price: 'catalog.price',
  currency: 'catalog.currency',
  gtin: 'catalog.gtin',
  weight_g: 'catalog.weight',
  length_mm: 'catalog.length',
  width_mm: 'catalog.width',
  height_mm: 'catalog.height',
  tax_category: 'catalog.tax',
  country_of_origin: 'catalog.origin',
  hs_code: 'catalog.hs',
  attributes: 'catalog.attributes.title',
  units: 'catalog.units.title',
  parent_sku: 'catalog.variants.of',
  options: 'catalog.variants.options',
  images: 'catalog.images.title',
};

function Units({ write }: { write: boolean }) {
  const { t } = useTranslation();
  const gtinRule = useGtinRule();
  const template = 'minmax(80px, 1fr) minmax(80px, 1fr) minmax(60px, 1fr) minmax(140px, 2fr) 32px';
  const need = [{ required: true, message: t('common.required') }];
  return (
    <Form.List name="units">
      {(fields, { add, remove }) => (
        <div className="lines">
          {fields.length > 0 && (
            <div className="line line-head" style={{ gridTemplateColumns: template }} aria-hidden="true">
              <span>{t('catalog.units.unit')}</span>
              <span>{t('catalog.units.holds')}</span>
              <span>{t('catalog.units.per')}</span>
              <span>{t('catalog.gtin')}</span>
            </div>
          )}
          {fields.map(({ key, name }) => (
            <div key={key} className="line" style={{ gridTemplateColumns: template }}>
              <Form.Item name={[name, 'unit']} rules={need}>
                <Input aria-label={t('catalog.units.unit')} maxLength={12} />
              </Form.Item>
              <Form.Item name={[name, 'numerator']} rules={need}>
                <InputNumber aria-label={t('catalog.units.holds')} min={1} style={{ width: '100%' }} />
              </Form.Item>
              <Form.Item name={[name, 'denominator']}>
                <InputNumber aria-label={t('catalog.units.per')} min={1} placeholder="1" style={{ width: '100%' }} />
              </Form.Item>
              <Form.Item name={[name, 'gtin']} rules={[gtinRule]}>
                <Input aria-label={t('catalog.gtin')} maxLength={14} inputMode="numeric" />
              </Form.Item>
              <Button type="text" aria-label={t('common.remove')} icon={<DeleteOutlined aria-hidden />} onClick={() => remove(name)} />
            </div>
          ))}
          {write && (
            <div>
              <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({ numerator: 12 })}>
                {t('catalog.units.add')}
              </Button>
            </div>
          )}
        </div>
      )}
    </Form.List>
  );
}

const imagesRule = { validator: async (_: unknown, urls: string[] | null | undefined) => { if (urls?.some((url) => url && imageFault(url))) throw new Error('images'); } };

export function ProductPage() {
  const { t } = useTranslation();
  const { sku } = useParams({ strict: false }) as { sku: string };
  const { message, modal } = App.useApp();
  const problemText = useProblemText();
  const may = useMay();
  const client = useQueryClient();
  const company = useCompany();
  const gtinRule = useGtinRule();
  const path = `/v1/products/${encodeURIComponent(sku)}`;
  const key = ['products', 'one', sku];
  const read = () => readPath<Product>(path, {});
  const found = useQuery({ queryKey: key, queryFn: read });
  const took = (record: Product) => {
    keep(client, key, record);
    void client.invalidateQueries({ queryKey: ['products', 'list'] });
  };
  const sell = useMutation({
    mutationFn: (active: boolean) => patchPath<Product>(path, { active }, found.data?.version),
    onSuccess: took,
    onError: (error) => void message.error(problemText(error)),
  });
  if (found.isPending) return <Bones rows={12} />;
  if (found.isError) return <Trouble error={found.error} retry={() => void found.refetch()} />;
  const product = found.data;
  const write = may('catalog.write');
  return (
    <div className="screen page">
      <PageHead
        back="/products"
        backLabel={t('catalog.title')}
        title={nameIn(product.name) || product.sku}
        tags={
          <>
            <span className="mono muted">{product.sku}</span>
            {product.options && <StatusTag tone="quiet">{optionText(product.options)}</StatusTag>}
            <StatusTag tone={product.active ? 'good' : 'quiet'}>{t(product.active ? 'catalog.active' : 'catalog.inactive')}</StatusTag>
          </>
        }
        actions={
          write &&
          (product.active ? (
            <Button
              loading={sell.isPending}
              onClick={() =>
                modal.confirm({
                  title: t('catalog.stop_sure', { sku: product.sku }),
                  content: t('catalog.stop_text'),
                  okText: t('catalog.stop'),
                  cancelText: t('common.cancel'),
                  onOk: () => sell.mutateAsync(false).catch(() => undefined),
                })
              }
            >
              {t('catalog.stop')}
            </Button>
          ) : (
            <Button type="primary" loading={sell.isPending} onClick={() => sell.mutate(true)}>
              {t('catalog.start')}
            </Button>
          ))
        }
      />
      <RecordForm<Product> key={sku} name={`product.${sku}`} record={product} labels={labels} may={write} save={(patch, version) => patchPath<Product>(path, Array.isArray(patch.images) ? { ...patch, images: patch.images.filter(Boolean) } : patch, version)} reload={read} onSaved={took}>
        {(form) => (
          <div className="screen-body">
            <div className="columns">
              <div className="stack">
                <Panel title={t('catalog.what')}>
                  <Form.Item name="name" label={t('catalog.name')}>
                    <NamesInput disabled={!write} />
                  </Form.Item>
                  <div className="fields">
                    <Form.Item name="kind" label={t('catalog.kind')}>
                      <EnumSelect of="product_kind" values={productKinds} />
                    </Form.Item>
                    <Form.Item name="gtin" label={t('catalog.gtin')} rules={[gtinRule]}>
                      <Input maxLength={14} inputMode="numeric" />
                    </Form.Item>
                    <Form.Item name="unit" label={t('catalog.unit')}>
                      <Input maxLength={12} />
                    </Form.Item>
                  </div>
                </Panel>
                {product.kind !== 'service' && product.kind !== 'digital' && may('stock.read') && (
                  <Panel title={t('catalog.stock')} flush>
                    <StockByLocation sku={product.sku} />
                  </Panel>
                )}
                <Variants product={product} write={write} stock={may('stock.read')} />
                <Panel title={t('catalog.units.title')} note={t('catalog.units.note')}>
                  <Units write={write} />
                </Panel>
                <Panel title={t('catalog.attributes.title')} note={t('catalog.attributes.note')}>
                  <Form.Item name="attributes" noStyle>
                    <AttributesInput disabled={!write} />
                  </Form.Item>
                </Panel>
              </div>
              <div className="stack">
                <Panel title={t('catalog.images.title')} note={t('catalog.images.note')}>
                  <Form.Item name="images" noStyle rules={[imagesRule]}>
                    <ImagesInput disabled={!write} />
                  </Form.Item>
                </Panel>
                <Panel title={t('catalog.trade')}>
                  <Form.Item noStyle shouldUpdate={(a, b) => a.currency !== b.currency}>
                    {() => (
                      <Form.Item name="price" label={t('catalog.price')}>
                        <PriceInput currency={(form.getFieldValue('currency') as string) || company.currency} fine />
                      </Form.Item>
                    )}
                  </Form.Item>
                  <Form.Item name="currency" label={t('catalog.currency')}>
                    <CurrencySelect />
                  </Form.Item>
                  <Form.Item name="tax_category" label={t('catalog.tax')} extra={t('catalog.tax_help')}>
                    <Input maxLength={32} />
                  </Form.Item>
                </Panel>
                <Panel title={t('catalog.size')}>
                  <div className="fields" style={{ gridTemplateColumns: '1fr 1fr' }}>
                    {(
                      [
                        ['weight_g', 'weight'],
                        ['length_mm', 'length'],
                        ['width_mm', 'width'],
                        ['height_mm', 'height'],
                      ] as const
                    ).map(([name, label]) => (
                      <Form.Item key={name} name={name} label={t(`catalog.${label}`)}>
                        <InputNumber min={0} precision={0} style={{ width: '100%' }} />
                      </Form.Item>
                    ))}
                  </div>
                </Panel>
                <Panel title={t('catalog.customs')}>
                  <Form.Item name="country_of_origin" label={t('catalog.origin')}>
                    <CountrySelect />
                  </Form.Item>
                  <Form.Item name="hs_code" label={t('catalog.hs')}>
                    <Input maxLength={14} />
                  </Form.Item>
                </Panel>
              </div>
            </div>
          </div>
        )}
      </RecordForm>
    </div>
  );
}
