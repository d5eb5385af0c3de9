// Services, zones and rates of a carrier, edited in place.
import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, InputNumber, Select, Switch, type FormInstance } from 'antd';
import { CalendarInput, ClockInput, CountrySelect, PriceInput, TagsInput } from '../../../shared/desk';
import { useTranslation } from '../../../shared/i18n';

function Remove({ onClick }: { onClick: () => void }) {
  const { t } = useTranslation();
  return <Button type="text" aria-label={t('common.remove')} icon={<DeleteOutlined aria-hidden />} onClick={onClick} />;
}

export function Services({ write, form }: { write: boolean; form: FormInstance }) {
  const { t } = useTranslation();
  const need = [{ required: true, message: t('common.required') }];
  const zones = Form.useWatch('zones', form) as { code?: string; name?: string }[] | undefined;
  return (
    <Form.List name="services">
      {(fields, { add, remove }) => (
        <div className="stack">
          {fields.map(({ key, name }) => (
            <fieldset key={key} className="boxed">
              <legend className="hidden">{t('carriers.services.title')}</legend>
              <div className="fields">
                <Form.Item name={[name, 'code']} label={t('carriers.services.code')} rules={need}>
                  <Input maxLength={32} />
                </Form.Item>
                <Form.Item name={[name, 'name']} label={t('carriers.services.name')}>
                  <Input maxLength={120} />
                </Form.Item>
                <Form.Item name={[name, 'methods']} label={t('carriers.services.methods')}>
                  <TagsInput />
                </Form.Item>
                <Form.Item name={[name, 'transit_days']} label={t('carriers.services.transit_days')}>
                  <InputNumber min={0} style={{ width: '100%' }} />
                </Form.Item>
                <Form.Item name={[name, 'max_weight_g']} label={t('carriers.services.max_weight')}>
                  <InputNumber min={0} style={{ width: '100%' }} />
                </Form.Item>
                <div className="row" style={{ gap: 16 }}>
                  <Form.Item name={[name, 'cut_off']} label={t('carriers.services.cut_off')}>
                    <ClockInput disabled={!write} />
                  </Form.Item>
                  <Form.Item name={[name, 'pickup_at']} label={t('carriers.services.pickup')}>
                    <ClockInput disabled={!write} />
                  </Form.Item>
                </div>
                <Form.Item label={t('carriers.services.transit')} className="wide">
                  <Form.List name={[name, 'transit']}>
                    {(rows, inner) => (
                      <div className="lines">
                        {rows.map((row) => (
                          <div key={row.key} className="line" style={{ gridTemplateColumns: 'minmax(0, 220px) 100px 32px' }}>
                            <Form.Item name={[row.name, 'zone']} rules={need}>
                              <Select aria-label={t('carriers.rates.zone')} options={(zones ?? []).filter((one) => one?.code).map((one) => ({ value: one.code, label: one.name ?? one.code }))} />
                            </Form.Item>
                            <Form.Item name={[row.name, 'days']} rules={need}>
                              <InputNumber aria-label={t('carriers.services.days')} min={0} style={{ width: '100%' }} />
                            </Form.Item>
                            {write && <Remove onClick={() => inner.remove(row.name)} />}
                          </div>
                        ))}
                        {write && (
                          <div>
                            <button type="button" className="tap" onClick={() => inner.add({})}>
                              {t('carriers.services.transit_add')}
                            </button>
                          </div>
                        )}
                      </div>
                    )}
                  </Form.List>
                </Form.Item>
                <Form.Item name={[name, 'calendar']} label={t('carriers.services.calendar')} className="wide">
                  <CalendarInput disabled={!write} />
                </Form.Item>
              </div>
              <div className="row wrap" style={{ gap: 24 }}>
                <Form.Item name={[name, 'active']} label={t('carriers.services.active')} valuePropName="checked" className="flag">
                  <Switch />
                </Form.Item>
                <Form.Item name={[name, 'saturday_delivery']} label={t('carriers.services.saturday')} valuePropName="checked" className="flag">
                  <Switch />
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
              <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({ active: true, saturday_delivery: false, methods: [], transit: [] })}>
                {t('carriers.services.add')}
              </Button>
            </div>
          )}
        </div>
      )}
    </Form.List>
  );
}

const zoneColumns = '90px minmax(110px, 1fr) minmax(110px, 1fr) minmax(130px, 1.4fr) minmax(90px, 1fr) minmax(90px, 1fr) 32px';

export function Zones({ write }: { write: boolean }) {
  const { t } = useTranslation();
  const all = t('carriers.zones.all');
  return (
    <Form.List name="zones">
      {(fields, { add, remove }) => (
        <div className="lines">
          {fields.length > 0 && (
            <div className="line line-head" style={{ gridTemplateColumns: zoneColumns }} aria-hidden="true">
              {(['code', 'name', 'from', 'countries', 'regions', 'postal'] as const).map((one) => (
                <span key={one}>{t(`carriers.zones.${one}`)}</span>
              ))}
            </div>
          )}
          {fields.map(({ key, name }) => (
            <div key={key} className="line" style={{ gridTemplateColumns: zoneColumns }}>
              <Form.Item name={[name, 'code']} rules={[{ required: true, message: t('common.required') }]}>
                <Input aria-label={t('carriers.zones.code')} maxLength={32} />
              </Form.Item>
              <Form.Item name={[name, 'name']}>
                <Input aria-label={t('carriers.zones.name')} maxLength={120} />
              </Form.Item>
              <Form.Item name={[name, 'from_countries']}>
                <CountrySelect many placeholder={all} aria-label={t('carriers.zones.from')} />
              </Form.Item>
              <Form.Item name={[name, 'countries']}>
                <CountrySelect many placeholder={all} aria-label={t('carriers.zones.countries')} />
              </Form.Item>
              <Form.Item name={[name, 'regions']}>
                <TagsInput placeholder={all} aria-label={t('carriers.zones.regions')} />
              </Form.Item>
              <Form.Item name={[name, 'postal_prefixes']}>
                <TagsInput placeholder={all} aria-label={t('carriers.zones.postal')} />
              </Form.Item>
              {write && <Remove onClick={() => remove(name)} />}
            </div>
          ))}
          {write && (
            <div>
              <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({ from_countries: [], countries: [], regions: [], postal_prefixes: [] })}>
                {t('carriers.zones.add')}
              </Button>
            </div>
          )}
        </div>
      )}
    </Form.List>
  );
}

const rateColumns = 'minmax(100px, 1.2fr) minmax(100px, 1.2fr) minmax(90px, 1fr) minmax(110px, 1fr) minmax(110px, 1fr) 32px';

export function Rates({ write, form, currency }: { write: boolean; form: FormInstance; currency: string }) {
  const { t } = useTranslation();
  const need = [{ required: true, message: t('common.required') }];
  const services = Form.useWatch('services', form) as { code?: string; name?: string }[] | undefined;
  const zones = Form.useWatch('zones', form) as { code?: string; name?: string }[] | undefined;
  const options = (of: typeof zones) => (of ?? []).filter((one) => one?.code).map((one) => ({ value: one.code, label: one.name ?? one.code }));
  return (
    <Form.List name="rates">
      {(fields, { add, remove }) => (
        <div className="lines">
          {fields.length > 0 && (
            <div className="line line-head" style={{ gridTemplateColumns: rateColumns }} aria-hidden="true">
              {(['service', 'zone', 'up_to', 'price', 'extra'] as const).map((one) => (
                <span key={one}>{t(`carriers.rates.${one}`)}</span>
              ))}
            </div>
          )}
          {fields.map(({ key, name }) => (
            <div key={key} className="line" style={{ gridTemplateColumns: rateColumns }}>
              <Form.Item name={[name, 'service']} rules={need}>
                <Select aria-label={t('carriers.rates.service')} options={options(services)} />
              </Form.Item>
              <Form.Item name={[name, 'zone']} rules={need}>
                <Select aria-label={t('carriers.rates.zone')} options={options(zones)} />
              </Form.Item>
              <Form.Item name={[name, 'up_to_g']} rules={need}>
                <InputNumber aria-label={t('carriers.rates.up_to')} min={1} style={{ width: '100%' }} />
              </Form.Item>
              <Form.Item name={[name, 'price']} rules={need}>
                <PriceInput aria-label={t('carriers.rates.price')} currency={currency} />
              </Form.Item>
              <Form.Item name={[name, 'per_extra_kg']}>
                <PriceInput aria-label={t('carriers.rates.extra')} currency={currency} />
              </Form.Item>
              {write && <Remove onClick={() => remove(name)} />}
            </div>
          ))}
          {write && (
            <div>
              <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({ service: services?.[0]?.code, zone: zones?.[0]?.code })}>
                {t('carriers.rates.add')}
              </Button>
            </div>
          )}
        </div>
      )}
    </Form.List>
  );
}
