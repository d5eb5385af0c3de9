// Pictures by address; the first is the main one. Ours are shown; pages ask no other host for anything, so others are links.
import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, LinkOutlined, PictureOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from '../../../shared/i18n';
import { imageFault, isOurs } from '../images';

const IMAGES_MAX = 20;
const HTTPS = 'https://';

function Thumb({ url }: { url: string }) {
  const { t } = useTranslation();
  const [broken, setBroken] = useState<string>();
  if (isOurs(url) && broken !== url) return <img className="thumb" src={url} alt="" loading="lazy" onError={() => setBroken(url)} />;
  if (!imageFault(url) && !isOurs(url))
    return (
      <a className="thumb" href={url} target="_blank" rel="noreferrer noopener" aria-label={t('catalog.images.look', { url })}>
        <LinkOutlined aria-hidden />
      </a>
    );
  return (
    <span className="thumb" aria-hidden="true">
      <PictureOutlined />
    </span>
  );
}

export function ImagesInput({ value, onChange, disabled = false, id }: { value?: string[] | null; onChange?: (value: string[]) => void; disabled?: boolean; id?: string }) {
  const { t } = useTranslation();
  const urls = value ?? [];
  const put = (next: string[]) => onChange?.(next);
  const move = (i: number, by: number) => {
    const next = [...urls];
    const [one] = next.splice(i, 1);
    if (one !== undefined) next.splice(i + by, 0, one);
    put(next);
  };
  return (
    <div className="lines" id={id}>
      {urls.map((url, i) => {
        const fault = url ? imageFault(url) : undefined;
        return (
          <div key={i} className="image-line">
            <Thumb url={url} />
            <span className="cell-stack">
              <Input disabled={disabled} aria-label={t('catalog.images.address', { n: i + 1 })} inputMode="url" spellCheck={false} maxLength={1000} placeholder={HTTPS} value={url} {...(fault ? { status: 'error' as const, 'aria-invalid': true } : {})} onChange={(event) => put(urls.map((one, n) => (n === i ? event.target.value.trim() : one)))} />
              <small {...(fault ? { style: { color: 'var(--bad)' } } : {})}>{fault ? t(`catalog.images.${fault}`) : i === 0 ? t('catalog.images.main') : ''}</small>
            </span>
            {!disabled && (
              <span className="row" style={{ gap: 0 }}>
                <Button type="text" disabled={i === 0} aria-label={t('catalog.images.up')} icon={<ArrowUpOutlined aria-hidden />} onClick={() => move(i, -1)} />
                <Button type="text" disabled={i === urls.length - 1} aria-label={t('catalog.images.down')} icon={<ArrowDownOutlined aria-hidden />} onClick={() => move(i, 1)} />
                <Button type="text" aria-label={t('common.remove')} icon={<DeleteOutlined aria-hidden />} onClick={() => put(urls.filter((_, n) => n !== i))} />
              </span>
            )}
          </div>
        );
      })}
      {!disabled && urls.length < IMAGES_MAX && (
        <div>
          <Button icon={<PlusOutlined aria-hidden />} onClick={() => put([...urls, ''])}>
            {t('catalog.images.add')}
          </Button>
        </div>
      )}
    </div>
  );
}
