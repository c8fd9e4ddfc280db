"""What a roster may hold (花名册的列), and the words people use for it."""

from __future__ import annotations

from gonghui.files.imports.protocol import Column
from gonghui.members.enums import EmploymentKind
from gonghui.people import codes
from gonghui.people.enums import IdKind, Sex

ID_KINDS = {
    **{k.label: k.value for k in IdKind if k.value != IdKind.NONE}, "身份证": "resident", "二代身份证": "resident", "中国居民身份证": "resident", "港澳居民居住证": "hk_mo_tw",
    "台湾居民居住证": "hk_mo_tw", "港澳台居住证": "hk_mo_tw", "居住证": "hk_mo_tw", "永久居留证": "permanent", "外国人永居证": "permanent", "中国护照": "passport", "外国护照": "passport",
}  # fmt: skip
SEXES = {
    "男": Sex.MALE.value,
    "女": Sex.FEMALE.value,
    "男性": Sex.MALE.value,
    "女性": Sex.FEMALE.value,
    "M": Sex.MALE.value,
    "F": Sex.FEMALE.value,
    "未说明": Sex.UNSTATED.value,
    "未知": Sex.UNKNOWN.value,
}
KINDS = {
    **{k.label: k.value for k in EmploymentKind}, "合同工": "regular", "正式工": "regular", "正式": "regular", "在编": "regular", "固定期限": "regular", "无固定期限": "regular",
    "临时": "temporary", "派遣": "dispatched", "劳务工": "dispatched", "派遣工": "dispatched", "小时工": "part_time", "兼职": "part_time", "灵活就业": "gig", "季节性": "seasonal",
}  # fmt: skip

COLUMNS = (
    Column(
        "name", "姓名", ("职工姓名", "会员姓名", "员工姓名", "名字", "人员姓名"), required=True, kind="name", longest=60, example="张三"
    ),
    Column("id_kind", "证件种类", ("证件类型", "证件类别"), choices=ID_KINDS, strict=True, example="居民身份证"),
    Column(
        "id_number",
        "证件号码",
        ("身份证号", "身份证号码", "公民身份号码", "公民身份证号", "证件号", "身份证", "身份号码", "居民身份证号"),
        kind="number",
        sensitive="id",
        longest=40,
        example="990101198803150016",
    ),
    Column("sex", "性别", ("男女",), choices=SEXES, example="女"),
    Column("birth_date", "出生日期", ("出生年月", "出生年月日", "生日"), kind="date", example="1988-03-15"),
    Column("ethnic", "民族", ("族别",), choices=codes.words("ethnic"), example="汉族"),
    Column("education", "学历", ("文化程度", "学历层次", "最高学历"), choices=codes.words("education"), example="高中"),
    Column("political", "政治面貌", ("党派", "政治身份"), choices=codes.words("political"), example="群众"),
    Column(
        "phone",
        "手机号",
        ("手机", "手机号码", "联系电话", "电话", "联系方式", "移动电话", "本人电话"),
        kind="number",
        sensitive="phone",
        longest=30,
        example="13800138000",
    ),
    Column("home_area", "户籍地", ("户籍", "户籍所在地", "户口所在地", "籍贯", "户籍地区划"), kind="code", longest=60, example="370100"),
    Column("migrant", "是否农民工", ("农民工", "是否为农民工", "农民工身份"), kind="flag", example="是"),
    Column("group", "八大群体", ("新就业群体", "八大群体类别", "新就业形态"), choices=codes.words("group"), example="快递员"),
    Column("employer_code", "单位编号", ("所在单位编号", "企业编号", "单位代码", "用人单位编号"), kind="code", longest=24, example="D0001"),
    Column(
        "employer_name",
        "单位名称",
        ("所在单位", "工作单位", "企业名称", "用人单位", "用人单位名称", "公司", "单位"),
        longest=120,
        example="江州某某厂",
    ),
    Column("credit_code", "信用代码", ("统一社会信用代码", "社会信用代码", "统一信用代码"), kind="number", longest=24, example=""),
    Column("union_code", "工会代码", ("所属工会代码", "工会组织代码", "组织代码", "工会编号"), kind="code", longest=24, example="U0001"),
    Column("union_name", "工会名称", ("所属工会", "所在工会", "工会组织", "基层工会", "工会"), longest=120, example="江州某某厂工会"),
    Column("post", "岗位", ("工种", "职务", "职位", "岗位名称", "工作岗位"), longest=60, example="操作工"),
    Column("kind", "用工形式", ("用工方式", "用工类型", "用工性质", "合同类型"), choices=KINDS, example="合同制"),
    Column(
        "hired_on",
        "入职日期",
        ("参加工作时间", "入职时间", "进厂日期", "到岗日期", "入厂时间", "本单位工作起始日期"),
        kind="date",
        example="2024-03-01",
    ),
    Column("member", "是否会员", ("会员", "是否入会", "是否工会会员", "入会情况"), kind="flag", example="是"),
    Column("joined_on", "入会日期", ("入会时间", "加入工会时间", "参加工会时间", "加入工会日期"), kind="date", example="2024-04-01"),
    Column("card_no", "会员证号", ("会员证编号", "会员号", "会员卡号", "证号"), kind="code", longest=24, example=""),
    Column("team", "小组", ("工会小组", "班组", "分会"), longest=60, example="一车间小组"),
)
KEYS = tuple(c.key for c in COLUMNS)
CAUSES = {
    "id": "证件号", "phone": "手机号", "who": "认不出本人", "employer": "单位", "union": "所属工会", "dates": "日期", "twice": "表内重复", "member_elsewhere": "已在别处入会", "name_differs": "姓名不同",
    "same_person": "疑似同一人", "empty": "没有填", "date": "日期写法", "flag": "是否", "choice": "可选项", "long": "过长", "text": "文字",
}  # fmt: skip
