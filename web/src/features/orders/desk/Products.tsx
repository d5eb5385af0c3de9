// What is ordered: products found as one types, and a line for each with what is free of it and where.
import { DeleteOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { AutoComplete, Button, Input, type RefSelectProps } from 'antd';
import { useDeferredValue, useState, type RefObject } from 'react';
import { readPath } from '../../../shared/api/client';
import { useMay } from '../../../shared/api/session';
import type { Page } from '../../../shared/desk';
import { nameIn, PriceInput } from '../../../shared/desk/fields';
import { Panel } from '../../../shared/desk/record';
import { money, quantity } from '../../../shared/format';
import { useTranslation } from '../../../shared/i18n';
import { StatusTag } from '../../../shared/ui';
import { addLine, readQuantity, type DeskLine } from './draft';
import { TYPING_MS, useSettled } from './parts';
import type { Quote } from './quote';
import type { Desk } from './useDesk';

interface Product {
  id: string;
  sku: string;
  name?: unknown;
  unit?: string;
  price?: number | string;
  currency?: string;
}

export function Products({ desk: { draft, setDraft, told, stale, faults, currency }, search }: { desk: Desk; search: RefObject<RefSelectProps | null> }) {
  const { t } = useTranslation();
  const may = useMay();
  return (
    <Panel title={t('orders.desk.products')} flush>
      <ProductSearch
        box={search}
        onPick={(product) => {
          setDraft((old) => addLine(old, product.sku, nameIn(product.name) || product.sku, product.unit));
          setTimeout(() => document.querySelector<HTMLInputElement>('.desk-lines li:last-child input')?.select(), 60);
        }}
      />
      {draft.lines.length > 0 ? (
        <ul className="desk-lines">
          {draft.lines.map((line, i) => (
            <LineRow
              key={line.key}
              line={line}
              told={told?.lines[i]?.sku === line.sku ? told.lines[i] : undefined}
              stale={stale}
              fault={faults.find((one) => one.line === i)}
              currency={currency}
              mayPrice={may('order.price')}
              onChange={(change) => setDraft((old) => ({ ...old, lines: old.lines.map((one) => (one.key === line.key ? { ...one, ...change } : one)) }))}
              onRemove={() => setDraft((old) => ({ ...old, lines: old.lines.filter((one) => one.key !== line.key) }))}
              onEnter={() => search.current?.focus()}
            />
          ))}
        </ul>
      ) : (
        <p className="desk-hint muted">{t('orders.desk.no_lines')}</p>
      )}
    </Panel>
  );
}

function ProductSearch({ box, onPick }: { box: RefObject<RefSelectProps | null>; onPick: (product: Product) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const wanted = useSettled(text.trim(), TYPING_MS);
  const found = useQuery({
    queryKey: ['products', 'find', wanted],
    enabled: wanted.length > 0,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => readPath<Page<Product>>('/v1/products', { q: wanted, limit: 8 }, signal),
  });
  const options = useDeferredValue(found.data?.data ?? []).map((one) => ({
    value: one.sku,
    label: (
      <div className="row">
        <span className="mono">{one.sku}</span>
        <span className="grow ellipsis">{nameIn(one.name)}</span>
        <span className="num">{one.price !== undefined && one.currency ? (typeof one.price === 'number' ? money(one.price, one.currency) : one.price) : ''}</span>
      </div>
    ),
  }));
  return (
    <div className="desk-search">
      <AutoComplete
        ref={box}
        id="desk-product"
        className="wide"
        defaultActiveFirstOption
        aria-label={t('orders.desk.product_find')}
        placeholder={t('orders.desk.product_find')}
        value={text}
        options={wanted ? options : []}
        onChange={(value: string) => setText(value ?? '')}
        onSelect={(value: string) => {
          const product = found.data?.data.find(({ sku }) => sku === value);
          setText('');
          if (product) onPick(product);
        }}
      />
    </div>
  );
}

function LineRow({ line, told, stale, fault, currency, mayPrice, onChange, onRemove, onEnter }: { line: DeskLine; told: Quote['lines'][number] | undefined; stale: boolean; fault: { field: string; what: string } | undefined; currency: string; mayPrice: boolean; onChange: (change: Partial<DeskLine>) => void; onRemove: () => void; onEnter: () => void }) {
  const { t } = useTranslation();
  const places = told?.places?.filter((place) => place.available > 0) ?? [];
  const differs = line.unit_price !== undefined;
  const read = line.typed === undefined ? undefined : readQuantity(line.typed, line.unit);
  const wrongQuantity = read && 'why' in read ? t(`orders.desk.${read.why}`) : fault?.field === 'quantity' ? fault.what : undefined;
  const unsure = wrongQuantity !== undefined || (differs && !line.price_reason);
  return (
    <li>
      <div className="desk-line">
        <div className="desk-line-name">
          <div>{line.name}</div>
          <div className="mono small muted">{line.sku}</div>
        </div>
        <Input
          className="num"
          inputMode="decimal"
          autoComplete="off"
          aria-label={t('orders.desk.quantity_of', { what: line.name })}
          value={line.typed ?? String(line.quantity)}
          status={wrongQuantity ? 'error' : ''}
          aria-invalid={wrongQuantity !== undefined}
          {...(wrongQuantity ? { 'aria-describedby': `fault-${line.key}` } : {})}
          onChange={(event) => {
            const read = readQuantity(event.target.value, line.unit);
            onChange('value' in read && String(read.value) === event.target.value ? { quantity: read.value, typed: undefined } : 'value' in read ? { quantity: read.value, typed: event.target.value } : { typed: event.target.value });
          }}
          onBlur={() => line.typed !== undefined && 'value' in readQuantity(line.typed, line.unit) && onChange({ typed: undefined })}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
              event.preventDefault();
              onEnter();
            }
          }}
          style={{ width: 84 }}
        />
        <div className="desk-price">
          <PriceInput
            aria-label={t('orders.desk.price_of', { what: line.name })}
            currency={currency}
            fine
            disabled={!mayPrice}
            value={line.unit_price ?? told?.unit_price}
            onChange={(value) => onChange(value === undefined || value === null || value === told?.list_price ? { unit_price: undefined, price_reason: undefined } : { unit_price: value })}
          />
        </div>
        <strong className={`num desk-total ${stale ? 'stale' : ''}`}>{!told ? '' : unsure ? '–' : money(told.total, currency)}</strong>
        {differs && (
          <Input
            className="desk-reason"
            aria-label={t('orders.desk.price_reason_of', { what: line.name })}
            placeholder={t('orders.desk.price_reason')}
            status={line.price_reason ? '' : 'warning'}
            value={line.price_reason ?? ''}
            onChange={(event) => onChange({ price_reason: event.target.value })}
          />
        )}
        <Button type="text" aria-label={t('orders.desk.remove', { what: line.name })} icon={<DeleteOutlined aria-hidden />} onClick={onRemove} />
      </div>
      {(wrongQuantity ?? (fault && fault.field !== 'quantity')) && (
        <p className="desk-fault small" id={`fault-${line.key}`}>
          {wrongQuantity ?? fault?.what}
        </p>
      )}
      <div className={`desk-stock small ${stale ? 'stale' : ''}`}>
        {told &&
          (told.missing > 0 ? (
            <StatusTag tone="bad">{t('orders.desk.missing', { n: quantity(told.missing), available: quantity(told.available) })}</StatusTag>
          ) : (
            <StatusTag tone="good">{t('orders.desk.available', { n: quantity(told.available) })}</StatusTag>
          ))}
        <span className="muted dotted">
          {places.slice(0, 4).map((place) => (
            <span key={place.location} className={place.assigned > 0 ? 'strong' : undefined}>
              {t('orders.desk.at_place', { place: place.location, n: quantity(place.available) })}
            </span>
          ))}
        </span>
      </div>
    </li>
  );
}
