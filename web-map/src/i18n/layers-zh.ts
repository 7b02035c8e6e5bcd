/** Words of the map's tools and of what lies under and over the parcels. */
export const layersZh = {
  tools: {
    title: '地图工具',
    distance: '量距离',
    area: '量面积',
    start: '再点 {n} 个点即得结果。',
    crossed: '边线相交，无法计算面积：请撤销最后一点，按顺序沿边界点选。',
    long: '长度',
    around: '周长',
    keys: '点击地图加点；键盘：方向键移动地图，回车在十字处加点，退格撤销一点，Esc 结束',
    undo: '撤销一点',
    end: '结束',
    close: '关闭',
    goto: '转到坐标或地块',
    gotoLabel: '坐标或地块编号',
    gotoNote: '经纬度（度或度分秒），或 X、Y（米；Y 可带带号，如 3192000 36577000），或地块编号。国家2000坐标系。',
    go: '转到',
    fault: {
      zone: 'Y 没有带号，而本县的分带还不知道：请写上带号。',
      range: '这对坐标不在中国范围内，或离所写的分带太远：请核对数字与带号。',
    },
    position: '坐标（国家2000）',
    atPointer: '光标处',
    atCentre: '地图中心',
    degrees: '经度 {lon}° 纬度 {lat}°',
    plane: 'X {x} Y {y}（3度带第{zone}带，米）',
  },
};
