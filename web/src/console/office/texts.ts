// Texts of rooms come with their screens.
import { needs } from 'virtual:rooms';
import { needTexts } from '../../shared/i18n';

export const textsFor = (room: string): Promise<void> => needTexts(needs[room] ?? []);

/** Loads a screen of a room that stands outside of its routes, with its texts. */
export const withTexts =
  <T>(room: string, load: () => Promise<T>): (() => Promise<T>) =>
  async () =>
    (await Promise.all([load(), textsFor(room)]))[0];
