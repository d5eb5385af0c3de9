// The world's land as one SVG path. The arcs of world-atlas are delta-coded integers; this reads them and nothing else.
import topology from 'world-atlas/land-110m.json';

type Ring = [number, number][];
interface Topology {
  arcs: number[][][];
  transform: { scale: [number, number]; translate: [number, number] };
  objects: { land: { geometries: { type: string; arcs: number[][][] | number[][] }[] } };
}

export const WIDTH = 720;
export const HEIGHT = 320;
const NORTH = 78;
const SOUTH = -58;

/** Longitude and latitude as a place on the picture: plate carrée, without the poles. */
export function project(longitude: number, latitude: number): [number, number] {
  return [((longitude + 180) * WIDTH) / 360, ((NORTH - latitude) * HEIGHT) / (NORTH - SOUTH)];
}

export function landPath(): string {
  const { arcs, transform, objects } = topology as unknown as Topology;
  const { scale, translate } = transform;
  const read = arcs.map((arc): Ring => {
    let x = 0;
    let y = 0;
    return arc.map(([dx = 0, dy = 0]) => {
      x += dx;
      y += dy;
      return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
    });
  });
  const ring = (indexes: number[]): Ring =>
    indexes.flatMap((index, i) => {
      const points = index < 0 ? [...(read[~index] ?? [])].reverse() : (read[index] ?? []);
      return i ? points.slice(1) : points;
    });
  const polygons = objects.land.geometries.flatMap(({ type, arcs: own }) => (type === 'Polygon' ? [own as number[][]] : (own as number[][][])));
  return polygons
    .flat()
    .map((indexes) => {
      const points = ring(indexes);
      // Where a coast crosses the date line the pen is lifted, so that no line runs across the picture.
      return `${points.map(([lon, lat], i) => `${i && Math.abs(lon - (points[i - 1]?.[0] ?? lon)) < 180 ? 'L' : 'M'}${project(lon, lat).map((n) => n.toFixed(1)).join(' ')}`).join('')}Z`;
    })
    .join('');
}
