// What the server says of an order before it is one: what is free, what it costs and when it comes.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { sendPath } from '../../../shared/api/client';
import { asProblem, type Problem } from '../../../shared/api/problem';
import { TYPING_MS, useSettled } from './parts';

export interface Quote {
  currency: string;
  complete?: boolean;
  would_refuse?: boolean;
  payment_terms: string;
  keep_minutes: number;
  totals: { subtotal: number; discount: number; charges: number; tax: number; total: number };
  promise: { ship_by?: string; deliver_by?: string; parts?: unknown };
  lines: { line: number; sku: string; name?: string; available: number; missing: number; unit_price: number | string; list_price?: number | string; total: number; places?: { location: string; name?: string; available: number; assigned: number }[] }[];
  holds?: { type: string; reason: string }[];
}

/** A server that was away is asked again by itself. */
const AGAIN_MS = 3000;

/** No network, a server that is away or busy: it may pass by itself. */
export const mayPass = ({ away, status }: Problem) => away || status === 429 || status >= 500;

export function useQuote(body: object | undefined) {
  const asked = useSettled(body ? JSON.stringify(body) : undefined, TYPING_MS);
  const quote = useQuery<Quote>({
    queryKey: ['quote', asked],
    enabled: Boolean(asked),
    retry: false,
    placeholderData: keepPreviousData,
    gcTime: 10_000,
    refetchInterval: (query): number | false => (query.state.error && mayPass(asProblem(query.state.error)) ? AGAIN_MS : false),
    queryFn: ({ signal }) => sendPath<Quote>('POST', '/v1/orders/quote', JSON.parse(asked as string), signal),
  });
  // What the server said last stays, dimmed, while it says nothing new: one sees what one is mending.
  const lastTold = useRef<Quote>(undefined);
  useEffect(() => {
    if (quote.data) lastTold.current = quote.data;
  }, [quote.data]);
  const told = asked ? (quote.data ?? lastTold.current) : undefined;
  const refused = asked && quote.isError ? asProblem(quote.error) : undefined;
  const fresh = Boolean(body) && asked === JSON.stringify(body) && quote.isSuccess && !quote.isPlaceholderData;
  return { quote, told, refused, fresh };
}
