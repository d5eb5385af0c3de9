import { expect, it } from 'vitest';
import { addLine, emptyDraft, isEmpty, orderBody, placeOfFault, readQuantity, moveAddress } from './draft';

const typed = () => ({ ...addLine(emptyDraft(), 'TEE-S', 'T-shirt'), channel: 'phone', currency: 'USD' });

it('asks nothing before there is a channel and a line', () => {
  expect(isEmpty(emptyDraft())).toBe(true);
  expect(orderBody(emptyDraft(), 'en')).toBeUndefined();
  expect(orderBody(typed(), 'en')).toMatchObject({ channel: 'phone', lines: [{ sku: 'TEE-S', quantity: 1 }], delivery: { type: 'ship' } });
});
it('counts the same product up, but not one with a price of its own', () => {
  const twice = addLine(typed(), 'TEE-S', 'T-shirt');
  expect(twice.lines).toHaveLength(1);
  expect(twice.lines[0]?.quantity).toBe(2);
  const special = { ...twice, lines: twice.lines.map((line) => ({ ...line, unit_price: 1, price_reason: 'scratched' })) };
  expect(addLine(special, 'TEE-S', 'T-shirt').lines).toHaveLength(2);
});
it('sends a price only where one was typed, with its reason', () => {
  const draft = { ...typed(), lines: [{ key: 'a', sku: 'TEE-S', name: '', quantity: 1, unit_price: 900, price_reason: 'scratched' }] };
  expect(orderBody(draft, 'en')?.lines).toEqual([{ sku: 'TEE-S', quantity: 1, unit_price: 900, price_reason: 'scratched' }]);
});
it('a customer who is known is named by id, a collected order has no address', () => {
  expect(orderBody({ ...typed(), customer_id: 'cus_1', customer: { name: 'Li' } }, 'en')?.customer).toEqual({ id: 'cus_1' });
  const pickup = orderBody({ ...typed(), pickup: 'SOHO', address: { country: 'US' } }, 'en');
  expect(pickup).toMatchObject({ delivery: { type: 'pickup', location: 'SOHO' } });
  expect(pickup).not.toHaveProperty('shipping_address');
});
it('money that was taken is the total of the quote', () => {
  expect(orderBody({ ...typed(), paid: 'cash' }, 'en', 1990)?.payments).toEqual([{ provider: 'cash', kind: 'capture', amount: 1990 }]);
  expect(orderBody({ ...typed(), paid: 'cash' }, 'en')).not.toHaveProperty('payments');
});
it('what is no quantity is told and never becomes another one', () => {
  expect(readQuantity('2', 'pcs')).toEqual({ value: 2 });
  expect(readQuantity('2,5', 'kg')).toEqual({ value: 2.5 });
  expect(readQuantity('2.5', 'pcs')).toEqual({ why: 'quantity_whole' });
  expect(readQuantity('99999999999', 'pcs')).toEqual({ why: 'quantity_most' });
  for (const text of ['-5', 'abc', '', '0', '1e3', '1.0000001']) expect(readQuantity(text, 'kg')).toEqual({ why: 'quantity_number' });
});
it('a fault names its line and field', () => {
  expect(placeOfFault('/lines/2/quantity')).toEqual({ line: 2, field: 'quantity' });
  expect(placeOfFault('/shipping_address/postal_code')).toEqual({ field: 'postal_code' });
  expect(placeOfFault('/lines')).toEqual({ field: 'lines' });
});

it('a saved address keeps where it is until it is moved', () => {
  const miami = { name: 'Carla', city: 'Miami', country: 'US', latitude: 25.77, longitude: -80.2 };
  expect(orderBody({ ...typed(), address: miami }, 'en')).toMatchObject({ shipping_address: { latitude: 25.77, longitude: -80.2 } });
  expect(moveAddress(miami, { phone: '1' })).toMatchObject({ latitude: 25.77 });
  expect(moveAddress(miami, { city: 'Boston' })).toEqual({ name: 'Carla', city: 'Boston', country: 'US' });
});
