import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, InputNumber, Tooltip } from 'antd';
import { CountrySelect, EnumSelect, TagsInput } from '../../../shared/desk';
import { useTranslation } from '../../../shared/i18n';
import { failures, locationKinds, rankings } from '../api';

/** Meters for the API, kilometers for people. */
function Kilometers({ value, onChange, id }: { value?: number | null; onChange?: (meters: number | null) => void; id?: string }) {
  return <InputNumber {...(id ? { id } : {})} min={0} style={{ width: '100%' }} value={value ? value / 1000 : null} onChange={(km) => onChange?.(km ? Math.round(km * 1000) : null)} />;
}

/** Sourcing rules in their order; moved by buttons. */
export function Rules({ write }: { write: boolean }) {
  const { t } = useTranslation();
  return (
    <Form.List name="sourcing_rules">
      {(fields, { add, remove, move }) => (
        <div className="stack">
          {fields.map(({ key, name }, i) => (
            <fieldset key={key} className="boxed">
              <legend className="hidden">{t('channels.rules.title')}</legend>
              <div className="row" style={{ marginBottom: 8 }}>
                <strong>{i + 1}</strong>
                <span className="grow" />
                {write && (
                  <>
                    <Tooltip title={t('channels.rules.up')}>
                      <Button type="text" disabled={i === 0} aria-label={t('channels.rules.up')} icon={<ArrowUpOutlined aria-hidden />} onClick={() => move(i, i - 1)} />
                    </Tooltip>
                    <Tooltip title={t('channels.rules.down')}>
                      <Button type="text" disabled={i === fields.length - 1} aria-label={t('channels.rules.down')} icon={<ArrowDownOutlined aria-hidden />} onClick={() => move(i, i + 1)} />
                    </Tooltip>
                    <Button type="text" aria-label={t('common.remove')} icon={<DeleteOutlined aria-hidden />} onClick={() => remove(name)} />
                  </>
                )}
              </div>
              <div className="fields">
                <Form.Item name={[name, 'name']} label={t('channels.rules.name')}>
                  <Input maxLength={100} />
                </Form.Item>
                <Form.Item name={[name, 'kinds']} label={t('channels.rules.kinds')}>
                  <EnumSelect of="location_kind" values={locationKinds} mode="multiple" placeholder={t('channels.rules.any')} />
                </Form.Item>
                <Form.Item name={[name, 'tags']} label={t('channels.rules.tags')}>
                  <TagsInput placeholder={t('channels.rules.any')} />
                </Form.Item>
                <Form.Item name={[name, 'countries']} label={t('channels.rules.countries')}>
                  <CountrySelect many placeholder={t('channels.rules.any')} />
                </Form.Item>
                <Form.Item name={[name, 'max_distance_m']} label={t('channels.rules.distance')}>
                  <Kilometers />
                </Form.Item>
                <Form.Item name={[name, 'ranking']} label={t('channels.rules.ranking')}>
                  <EnumSelect of="ranking" values={rankings} />
                </Form.Item>
                <Form.Item name={[name, 'on_failure']} label={t('channels.rules.on_failure')}>
                  <EnumSelect of="on_failure" values={failures} />
                </Form.Item>
              </div>
            </fieldset>
          ))}
          {write && (
            <div>
              <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({ kinds: [], tags: [], countries: [], ranking: 'cost', on_failure: 'next' })}>
                {t('channels.rules.add')}
              </Button>
            </div>
          )}
        </div>
      )}
    </Form.List>
  );
}
