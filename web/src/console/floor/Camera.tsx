// The camera as a scanner: the browser's own detector, else zxing as WebAssembly, served by us and loaded only here.
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from '../../shared/i18n';

type Detect = (frame: HTMLVideoElement) => Promise<string | undefined>;

interface Detector {
  detect(source: CanvasImageSource): Promise<{ rawValue: string }[]>;
}
interface DetectorClass {
  new (options: { formats: string[] }): Detector;
  getSupportedFormats(): Promise<string[]>;
}

const wanted = ['code_128', 'code_39', 'ean_13', 'ean_8', 'upc_a', 'upc_e', 'itf', 'qr_code', 'data_matrix'];

async function byBrowser(): Promise<Detect | undefined> {
  const Class = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  if (!Class) return undefined;
  const formats = (await Class.getSupportedFormats()).filter((format) => wanted.includes(format));
  if (!formats.length) return undefined;
  const detector = new Class({ formats });
  return async (frame) => (await detector.detect(frame))[0]?.rawValue;
}

const EDGE = 1280;

async function byWasm(): Promise<Detect> {
  const [zxing, wasm] = await Promise.all([import('zxing-wasm/reader'), import('zxing-wasm/reader/zxing_reader.wasm?url')]);
  await zxing.prepareZXingModule({
    overrides: { locateFile: (path: string, prefix: string) => (path.endsWith('.wasm') ? wasm.default : prefix + path) },
    fireImmediately: true,
  });
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true });
  return async (frame) => {
    if (!context || !frame.videoWidth) return undefined;
    const scale = Math.min(1, EDGE / Math.max(frame.videoWidth, frame.videoHeight));
    canvas.width = Math.round(frame.videoWidth * scale);
    canvas.height = Math.round(frame.videoHeight * scale);
    context.drawImage(frame, 0, 0, canvas.width, canvas.height);
    const found = await zxing.readBarcodes(context.getImageData(0, 0, canvas.width, canvas.height), {
      tryHarder: true,
      maxNumberOfSymbols: 1,
      formats: ['Code128', 'Code39', 'EAN-13', 'EAN-8', 'UPC-A', 'UPC-E', 'ITF', 'QRCode', 'DataMatrix'],
    });
    return found[0]?.text;
  };
}

const LOOK_MS = 160;
/** The same code again within this time is the same look at it. */
const SAME_MS = 1800;

export default function Camera({ onCode, onClose }: { onCode: (code: string) => void; onClose: () => void }) {
  const { t } = useTranslation();
  const video = useRef<HTMLVideoElement>(null);
  const latest = useRef(onCode);
  useEffect(() => {
    latest.current = onCode;
  });
  const [trouble, setTrouble] = useState<string>();
  const [ready, setReady] = useState(false);

  useEffect(() => {
    let stopped = false;
    let stream: MediaStream | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = { code: '', at: 0 };
    const run = async () => {
      try {
        stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1280 } }, audio: false });
      } catch {
        setTrouble('floor.camera.refused');
        return;
      }
      const box = video.current;
      if (stopped || !box) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      box.srcObject = stream;
      await box.play().catch(() => undefined);
      let detect: Detect;
      try {
        detect = (await byBrowser()) ?? (await byWasm());
      } catch {
        setTrouble('floor.camera.no_reader');
        return;
      }
      setReady(true);
      const look = async () => {
        if (stopped) return;
        const code = await detect(box).catch(() => undefined);
        const now = Date.now();
        if (code && !stopped && (code !== last.code || now - last.at > SAME_MS)) {
          last = { code, at: now };
          latest.current(code);
        }
        timer = setTimeout(() => void look(), LOOK_MS);
      };
      void look();
    };
    void run();
    return () => {
      stopped = true;
      clearTimeout(timer);
      for (const track of stream?.getTracks() ?? []) track.stop();
    };
  }, []);

  return (
    <section className="camera" aria-label={t('floor.camera.title')}>
      {trouble ? (
        <p role="alert">{t(trouble)}</p>
      ) : (
        <>
          <video ref={video} muted playsInline aria-hidden="true" />
          <span className="camera-line" aria-hidden="true" />
          <p role="status">{ready ? t('floor.camera.aim') : t('floor.camera.starts')}</p>
        </>
      )}
      <button type="button" className="big" onClick={onClose}>
        {t('floor.camera.close')}
      </button>
    </section>
  );
}
