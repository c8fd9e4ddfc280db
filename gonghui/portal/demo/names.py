"""Invented names (虚构的姓名、单位和号码). Area codes and number ranges are ones nobody is issued."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
GIVEN_MEN = "伟强磊洋勇军杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林欢晨阳建国志文东海峰亮新春山根生福贵柱田"
GIVEN_WOMEN = "芳娜敏静丽艳娟霞秀玲桂英梅兰红燕萍雪琴云莉倩婷颖琳洁晶慧莹月香凤珍巧翠玉丹青荷菊春秋冬夏"
TOWNS = "白桦镇 云杉镇 南屯镇 青松街道 东岗镇 柳河镇 辉音镇 平安街道 临江街道 松岭镇 石桥镇 河湾镇 江州经济开发区 江州物流园区".split()
VILLAGES = "东兴 西兴 南园 北苑 新民 新华 和平 幸福 光明 红旗 胜利 长青 大营 小营 前进 后山 清泉 柳园 桃园 石门 沙河 双井 三合 四平 五星 六合 七里 八里 九龙 十里".split()
TRADES = {
    "C": ("木业 食品 纺织 机械 建材 包装 服装 五金 塑料 家具 印刷 化工".split(), "有限公司 制品厂 加工厂 股份有限公司".split()),
    "E": ("建筑 装饰 市政 园林 安装".split(), "工程有限公司 劳务有限公司".split()),
    "F": ("商贸 粮油 建材 百货 农资 家电".split(), "有限公司 商行 经营部 批发部".split()),
    "G": ("货运 物流 快递 冷链".split(), "有限公司 服务部 运输队".split()),
    "H": ("餐饮 酒店 小吃 茶餐".split(), "有限公司 店 饭庄".split()),
    "I": ("网络 软件 电商".split(), "科技有限公司 服务有限公司".split()),
    "K": ("置业 物业 房产经纪".split(), "有限公司 服务部".split()),
    "O": ("家政 美容 维修 洗涤".split(), "服务有限公司 服务部 店".split()),
    "A": ("果蔬 养殖 粮食 药材".split(), "专业合作社 农场".split()),
    "Q": ("康养 口腔 护理".split(), "服务中心 门诊部".split()),
}
HEADS = (
    "金叶 恒达 永兴 瑞丰 江源 同泰 华茂 顺通 佳和 德润 广源 鸿运 联谊 祥云 盛景 天成 万隆 福临 长青 远航 宏图 安泰 嘉禾 百川 东升 启明 正大 中兴 新旺 利民 泰和 康宁 诚信 兴达 捷运 云捷 星辰 绿野 江岸 松涛"
    " 丰泽 宝丰 鼎盛 聚源 凯旋 名扬 博雅 海纳 山水 春晖 秋实 君悦 和顺 日新 民生 大地 晨光 宇通 立信 众合"
).split()
SYSTEMS = (
    "教育 卫生健康 交通运输 住房城建 水利 农业农村 文化旅游 市场监管 税务 公安 财政 自然资源 邮政通信 供电 供水 粮食储备 供销 金融".split()
)
UNITS = "第一中学 第二中学 实验小学 中心幼儿园 人民医院 中医院 卫生院 管理站 服务中心 执法大队 管理所 监测站 图书馆 文化馆 分局 供应公司 储备库 营业所 信用社 养护中心".split()
TRADE_FEDERATIONS = "货运 快递 家政服务 餐饮 建筑 木材加工 物业服务 房产经纪 美容美发 电子商务 酒店 零售 批发 包装印刷 纺织服装 食品加工 机械加工 建材 农产品 康养".split()

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def person_name(random: Random, woman: bool) -> str:
    """A surname and one or two given characters."""
    given = GIVEN_WOMEN if woman else GIVEN_MEN
    second = given[int(random.random() * len(given))] if random.random() < 0.68 else ""
    return SURNAMES[int(random.random() ** 1.6 * len(SURNAMES))] + given[int(random.random() * len(given))] + second


def check_digit(body: str) -> str:
    """GB 11643 check digit of the first 17 digits."""
    return "10X98765432"[sum(w * (ord(c) - 48) for w, c in zip(_WEIGHTS, body, strict=True)) % 11]


class Numbers:
    """Hands out ID numbers without repeating one: region, birthday, a sequence that is odd for men."""

    def __init__(self) -> None:
        self._next: dict[tuple[str, date, bool], int] = {}

    def fresh(self, area: str, birth: date, woman: bool) -> str:
        """18 characters with a right check digit."""
        key = (area, birth, woman)
        sequence = self._next.get(key, 0)
        self._next[key] = sequence + 1
        body = f"{area}{birth.year:04d}{birth.month:02d}{birth.day:02d}{(sequence * 2 + (0 if woman else 1)) % 1000:03d}"
        return body + check_digit(body)


def credit_code(serial: int, kind: str = "91") -> str:
    """GB 32100 code of a demo firm: registration area 379900, a serial, the check character."""
    body = f"{kind}379900{serial:09d}"
    total = sum(w * _USCC.index(c) for w, c in zip(_USCC_WEIGHTS, body, strict=True))
    return body + _USCC[(31 - total % 31) % 31]


def phone(serial: int) -> str:
    """A mobile number in the range 154, which is not issued."""
    return f"154{serial:08d}"


def firm_name(random: Random, section: str, village: str = "") -> str:
    """江州市 + village, if told + head + trade + suffix."""
    trades, tails = TRADES[section]
    return f"江州市{village}{random.choice(HEADS)}{random.choice(trades)}{random.choice(tails)}"


def day(random: Random, first: date, last: date) -> date:
    """A day between two days, both included."""
    return first + timedelta(days=int(random.random() * ((last - first).days + 1)))
