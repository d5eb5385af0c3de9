// What other features may use of inventory.
export { LevelTag, StockByLocation } from './stock/parts';
