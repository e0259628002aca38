"""Sentences around the identifiers of the benchmark of detection: hotline notes, forms, chats, and texts without any person.

`{kind}` is filled in and counts as labelled; what else stands in a sentence must not be found. `OPEN` may be looked at while
rules are written, `APART` is kept apart.
"""

from __future__ import annotations

OPEN = """
我叫{name},住{address},电话{mobile},楼道的灯坏了一个星期。
来电人{name}称其身份证{id_card}在大厅遗失。
市民{name}反映:{address}有人夜间焚烧垃圾。
姓名:{name};性别:女;证件号码:{id_card};联系方式:{mobile}
联系人：{name}，地址：{address}。
请把材料寄到{address},收件人{name},电话{mobile}。
户主{name},现住{address},申请低保。
投诉人{name}先生,座机{landline},晚上在家。
业主{name}家在{address},物业一直没有来修。
患者{name},身份证号{id_card},既往体健。
当事人{name}驾驶{plate}小型轿车与电动车相撞。
车牌{plate}堵住了消防通道,车主电话{mobile}。
退款账户{bank_card},户名{name}。
我的微信号是{wechat},QQ:{qq}。
护照号{passport},港澳通行证{permit}。
有事发邮件到{email}或者加微信{wechat}。
{address}的下水道堵了,味道很大。
昨天下午路过{address}时看见一棵树倒了。
法定代表人:{name},统一社会信用代码{credit_code}。
我母亲{name}今年八十二岁,住在{address}。
卡号为{bank_card},金额2300元。
投诉{address}一家烧烤店油烟扰民,打{landline}无人接。
回访电话{mobile},无人接听,又打{landline}接通。
家长{name}咨询孩子入学,户籍地{address}。
申请人{name}(身份证号{id_card})要求公开拆迁批文。
{name}女士来电,希望尽快处理{address}的积水。
邮箱{email},电话{landline}。
企业名称略,代码{credit_code},经办人{name}。
租客{name}欠租三月,房屋坐落于{address}。
{address},二楼住户天天装修。
他的号码是{mobile},车号{plate}。
救护车请到{address},病人{name}。
今天气温36.5度,空气质量指数152。
2025年3月12日14时30分,3号线晚点12分钟。
合同金额1,234,567.89元,已付50%。
第三组讨论了第5号议案,12人赞成。
楼层越高水压越低,18层以上基本没水。
请在路口增设信号灯,双向6车道太宽。
订单号202503120000123456,快递单号SF1234567890123。
建设单位应当在十五日内报县级以上人民政府备案。
小区共有12栋楼,每栋3个单元,均未通气。
地铁2号线和4号线换乘要走500米。
门牌标识不清,救护车找不到入口。
工单编号:GD-2025-00012345,转办3次。
路灯编号LD0123,杆号7-12-305。
会议在二楼第三会议室举行,参会28人。
一单元和二单元的电梯都停了。
道路全长3.2公里,路宽40米,两侧各2米人行道。
依据第12号令第三条第二款处理。
全村一共六组,三百二十户人家。
他说物业费每平米涨了5毛,大家都反对。
""".strip().splitlines()

APART = """
本人{name},家庭住址{address},手机{mobile},反映噪音问题。
举报人姓名{name},身份证件号{id_card},要求保密。
据居民{name}讲,{address}的井盖丢了。
登记信息 姓名：{name} 身份证：{id_card} 电话：{mobile} 住址：{address}
快递送到{address}就行,打{mobile}找我。
司机{name},准驾车型C1,车号{plate}。
儿子{name}户口在{address},今年要上小学。
客户{name}的尾款请汇入{bank_card}。
寄件地址:{address};电话:{landline}。
住户{name}投诉楼上漏水,位于{address}。
{address}门口堆了很多建筑垃圾,一直没人清。
麻烦派人去{address}看一看,联系我的微信{wechat}。
原告{name},女,汉族,住{address}。
受害人{name}持护照{passport}报案。
刚才{plate}从{address}倒车撞了护栏。
联系QQ{qq},也可写信到{email}。
港澳居民来往内地通行证号码{permit},申请人{name}。
营业执照上的代码是{credit_code},负责人{name}。
我爱人{name}的医保卡绑定的是{mobile}。
办公电话{landline},办公地点{address}。
公司搬到{address}以后一直没收到函。
缴费卡{bank_card}扣款失败,打了{landline}也没用。
身份证{id_card}、电话{mobile}、车牌{plate}都登记过。
老人{name}独居在{address},请社区上门。
承租人:{name},证件号:{id_card},房屋地址:{address}
{name}师傅的车{plate}占了我的车位。
委托代理人{name},联系电话{landline},邮箱{email}。
学生{name}从{address}骑车上学,路上没有非机动车道。
收货人{name} {mobile} {address}
微信{wechat}的那个人就住{address}。
被告{name}经传唤未到庭。
我在{address}租房,房东{name}不退押金。
昨夜降雨量达到56.3毫米,3处路段积水。
请核实2025-03-12至2025-04-01期间的用水量,共128吨。
该路段限速60,超过20%罚200元。
投诉编号TS20250312-0098已办结,满意度4分。
设备型号XK-3190,出厂编号20231100456。
按照《条例》第二十八条,处五千元以上五万元以下罚款。
学校有三个年级十二个班,共486名学生。
公交302路改线后,末班车提前到20:30。
社区卫生服务中心每周三接种,限号80个。
本楼共33层,两梯六户,电梯常坏。
建议在十字路口加装护栏和摄像头。
第二批保障房共5栋,年底前交付。
村里的三组四组还没有通自来水。
银行存款利率下调0.25个百分点。
施工单位说6号楼以后才会铺管道。
一楼大厅的取号机坏了,二楼窗口没人。
请公布1号至8号检查井的位置。
比赛3-2-1倒计时后开始,共12组选手。
这条巷子太窄,消防车开不进来。
""".strip().splitlines()
