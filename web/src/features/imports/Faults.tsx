import { DownloadOutlined } from '@ant-design/icons';
import { Button, Select } from 'antd';
import { useState } from 'react';
import { HELD_MAX, Panel, useList } from '../../shared/desk';
import { integer } from '../../shared/format';
import { useTranslation } from '../../shared/i18n';
import { Bones, InEnglish, Trouble } from '../../shared/ui';
import { busy, type RowError, type Upload } from './api';
import { cellOf } from './cell';
import { fieldKey } from './mapping';
import { Stack } from './parts';

/** What is wrong, by row and column, in the order of the file. */
export function Faults({ upload }: { upload: Upload }) {
  const { t } = useTranslation();
  const [column, setColumn] = useState<string>();
  const [code, setCode] = useState<string>();
  const path = `/v1/imports/${upload.id}/errors`;
  const query = { sort: 'n', ...(column ? { column } : {}), ...(code ? { code } : {}) };
  const found = useList<RowError>('imports', path, query, busy(upload) ? { refetchMs: 2000 } : {});
  const every = useList<RowError>('imports', path, { sort: 'n' });
  const codes = [...new Set([...every.rows.map((row) => row.code), ...(code ? [code] : [])])].sort();
  const word = (one: string) => t(`error.${one}`, { defaultValue: t(`imports.refused.${one}`, { defaultValue: one }) });
  const below = (row: RowError) => {
    const field = row.field && t(fieldKey(row.field), { defaultValue: row.field });
    return field === row.column ? undefined : field;
  };
  /** What it is about: what stood in the cell, else what the row is called. */
  const about = (row: RowError) => {
    const cell = cellOf(row.raw, row.column, upload.file.columns);
    if (cell === '') return t('imports.faults.empty');
    return cell === undefined ? (row.key ?? '') : t('imports.faults.is', { cell });
  };
  const body = () => {
    if (found.isPending) return <Bones rows={4} />;
    if (found.isError && !found.rows.length) return <Trouble error={found.error} retry={() => void found.refetch()} />;
    if (!found.rows.length) return <p className="state">{t('imports.faults.none')}</p>;
    return (
      <>
        <div className="faults-scroll" tabIndex={0} role="region" aria-label={t('imports.faults.title')}>
          <table className="plain faults">
            <thead>
              <tr>
                <th scope="col" className="num">
                  {t('imports.faults.line')}
                </th>
                <th scope="col">{t('imports.faults.column')}</th>
                <th scope="col">{t('imports.faults.what')}</th>
                <th scope="col" className="wide-only">
                  {t('imports.faults.row')}
                </th>
              </tr>
            </thead>
            <tbody>
              {found.rows.map((row) => (
                <tr key={row.n}>
                  <td className="num">{integer(row.line)}</td>
                  <td>
                    <Stack top={row.column ?? t('imports.faults.whole')} below={below(row)} />
                  </td>
                  <td>
                    <Stack
                      top={<strong>{word(row.code)}</strong>}
                      below={
                        <>
                          {about(row) && <span className="detail">{about(row)}</span>}
                          <InEnglish text={row.detail} />
                        </>
                      }
                    />
                  </td>
                  <td className="wide-only">
                    <code className="raw">{row.raw}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {found.hasNextPage && (
          <div className="faults-more">
            <Button loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
              {t('imports.faults.more')}
            </Button>
          </div>
        )}
        {found.full && <p className="panel-note faults-more">{t('imports.faults.held', { n: integer(HELD_MAX) })}</p>}
      </>
    );
  };
  return (
    <Panel
      title={t('imports.faults.count', { n: integer(upload.errors), count: upload.errors })}
      note={t('imports.faults.text')}
      flush
      extra={
        <div className="row wrap">
          <Select
            size="small"
            allowClear
            aria-label={t('imports.faults.column')}
            placeholder={t('imports.faults.column')}
            value={column ?? null}
            onChange={(value) => setColumn(value ?? undefined)}
            options={upload.file.columns.map(({ name }) => ({ value: name, label: name }))}
            popupMatchSelectWidth={false}
            className="faults-filter"
          />
          <Select
            size="small"
            allowClear
            aria-label={t('imports.faults.what')}
            placeholder={t('imports.faults.what')}
            value={code ?? null}
            onChange={(value) => setCode(value ?? undefined)}
            options={codes.map((value) => ({ value, label: word(value) }))}
            popupMatchSelectWidth={false}
            className="faults-filter"
          />
          <Button size="small" icon={<DownloadOutlined aria-hidden />} href={`${path}?sort=n&format=csv`} download>
            {t('imports.faults.csv')}
          </Button>
          <Button size="small" icon={<DownloadOutlined aria-hidden />} href={`/v1/imports/${upload.id}/error_file`} download>
            {t('imports.faults.file')}
          </Button>
        </div>
      }
    >
      {body()}
    </Panel>
  );
}
