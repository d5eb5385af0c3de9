export * from './DataGrid';
export * from './parts';
export * from './theme';
