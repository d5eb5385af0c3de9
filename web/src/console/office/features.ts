import type { Feature } from '../../shared/desk/feature';
import { feature as catalog } from '../../features/catalog/routes';
import { feature as carriers } from '../../features/carriers/routes';
import { feature as channels } from '../../features/channels/routes';
import { feature as customers } from '../../features/customers/routes';
import { feature as events } from '../../features/events/routes';
import { feature as fulfillment } from '../../features/fulfillment/routes';
import { feature as identity } from '../../features/identity/routes';
import { feature as imports } from '../../features/imports/routes';
import { feature as inventory } from '../../features/inventory/routes';
import { feature as orders } from '../../features/orders/routes';
import { feature as reports } from '../../features/reports/routes';
import { feature as review } from '../../features/review/routes';
import { feature as hooks } from '../../features/hooks/routes';
import { feature as settings } from '../../features/settings/routes';
import { feature as today } from '../../features/today/routes';

export const features: readonly Feature[] = [
  today,
  orders,
  review,
  fulfillment,
  inventory,
  catalog,
  customers,
  channels,
  carriers,
  imports,
  reports,
  hooks,
  settings,
  identity,
  events,
];

export const navigation = features.flatMap((feature) => feature.nav ?? []).sort((a, b) => a.order - b.order);
