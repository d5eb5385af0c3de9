// What office screens share; needs antd, so nothing of the floor or the portal may come here.
export * from './ListScreen';
export { choice, type Filter } from './filters';
export { useList, HELD_MAX, type Page } from './useList';
export { useNarrow } from './useNarrow';
export { useKept } from './kept';
export * from './forms';
export * from './Conflict';
export * from './feature';
export * from './record';
export * from './master';
export * from './fields';
export { Presence } from './Presence';
export { minorOf, textOfMinor } from './price';
export * from './CalendarInput';
export * from './AddressInput';
export { countryName } from '../format/address';
export { useCompany } from './company';
