/** Tiles of the basemaps that are files on the server, beside the collections: nothing is judged by them. */
import type { TObject } from 'typebox';
import { Imagery } from '../../tiles/imagery.ts';
import type { App, AppDeps } from '../context.ts';
import { notFound } from '../problem.ts';
import { problemResponse } from '../schemas/common.ts';
import * as schemas from '../schemas/tiles.ts';
import { answerTile } from '../tile-answer.ts';
import { checkMatrixSet, tileOf } from './tiles.ts';

/** s; the file may be another one after the next start */
const keptS = 3600;

/** @throws Error, in words, where a file cannot be used */
export async function basemapTileRoutes(app: App, { config }: AppDeps): Promise<void> {
  const pictures = new Map<string, Imagery>();
  for (const { id, cog } of config.basemaps) if (cog !== undefined) pictures.set(id, await Imagery.open(cog));
  app.addHook('onClose', async () => {
    for (const picture of pictures.values()) await picture.close();
  });

  app.get(
    '/basemaps/:id/tiles/:tms/:z/:row/:col',
    {
      schema: {
        tags: ['tiles'],
        summary: '服务器上的底图影像（COG）的一块瓦片（PNG，256×256），仅供屏幕显示；204：此处没有影像，或级别太小',
        params: schemas.TilePath as TObject,
        response: problemResponse,
      },
    },
    async (request, reply) => {
      const { id, tms, ...address } = request.params as Record<'id' | 'tms' | 'z' | 'row' | 'col', string>;
      checkMatrixSet(tms);
      const tile = tileOf(address);
      const picture = pictures.get(id);
      if (picture === undefined) throw notFound({ zh: '底图', en: 'basemap' }, id);
      const cache = `private, max-age=${keptS}`;
      return answerTile(request, reply, await picture.png(tile), { type: 'image/png', cache });
    },
  );
}
