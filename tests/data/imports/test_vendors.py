"""Each vendor's export is known by its headers and gives the totals that were worked out by hand; names and numbers are invented."""

import csv
from dataclasses import dataclass

import pytest

from data.imports import NamedBytes, stage


@dataclass(frozen=True)
class Export:
    """A file of a vendor: its lines, and what becomes of them."""

    profile: str
    text: str
    orders: int = 0
    refunds: int = 0
    revenue: float = 0.0
    customers: int = 0
    scores: tuple[float, ...] = ()
    left: tuple[tuple[str, int], ...] = ()
    members: int = 0
    items: int = 0


EXPORTS = [
    Export(
        "woocommerce_orders",
        "Order Number,Order Status,Order Date,Email (Billing),Payment Method Title,Cart Discount Amount,Order Refund Amount,"
        "Order Total Amount,Item Name,Quantity (- Refund)\n"
        "101,Completed,2026-01-05 10:12,ann@example.org,Card,0,0,45.00,Mug,1\n"
        "101,Completed,2026-01-05 10:12,ann@example.org,Card,0,0,45.00,Cup,1\n"
        "102,Cancelled,2026-01-06 09:00,bob@example.org,Card,0,0,65.00,Mug,3\n"
        "103,Failed,2026-01-07 09:00,bob@example.org,Card,0,0,65.00,Mug,3\n"
        "104,Refunded,2026-01-08 09:00,cy@example.org,Card,0,25.00,25.00,Mug,1\n"
        "105,Pending payment,2026-01-09 09:00,di@example.org,Card,0,0,25.00,Mug,1\n"
        "106,Processing,2026-01-10 09:00,ann@example.org,Card,0,5.00,25.00,Mug,1\n",
        orders=2,
        revenue=65.0,
        customers=1,
        left=(("cancelled", 1), ("not_paid", 2), ("refunded", 1)),
    ),
    Export(
        "woocommerce_analytics",
        "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,Attribution\n"
        "2026-01-05 10:12:00,101,€45.00,completed,Ann Example,new,1× Mug,1,,45,Direct\n"
        "2026-01-06 10:12:00,102,€20.00,failed,Bob Example,new,1× Mug,1,,20,Direct\n",
        orders=1,
        revenue=45.0,
        left=(("not_paid", 1),),
    ),
    Export(
        "square_items",
        "Date,Time,Time Zone,Category,Item,Qty,Price Point Name,Gross Sales,Discounts,Net Sales,Tax,Transaction ID,Payment ID,Event Type,"
        "Location,Customer ID,Itemization Type\n"
        "2026-10-05,12:30:00,Eastern,Coffee,Latte,1,Regular,$5.00,$0.00,$5.00,$0.40,TX1,P1,Payment,Main,CUST1,Physical\n"
        "2026-10-05,12:30:00,Eastern,Food,Bagel,2,Regular,$8.00,($1.00),$7.00,$0.60,TX1,P1,Payment,Main,CUST1,Physical\n"
        "2026-10-06,09:00:00,Eastern,Coffee,Latte,1,Regular,$5.00,$0.00,$5.00,$0.40,TX2,P2,Payment,Main,CUST2,Physical\n"
        "2026-10-07,09:00:00,Eastern,Coffee,Latte,-1,Regular,-$5.00,$0.00,-$5.00,-$0.40,TX2,P2,Refund,Main,CUST2,Physical\n",
        orders=2,
        refunds=1,
        revenue=12.0,
        customers=2,
    ),
    Export(
        "square_transactions",
        "Date,Time,Time Zone,Gross Sales,Discounts,Net Sales,Tax,Tip,Total Collected,Transaction ID,Payment ID,Event Type,Location,"
        "Customer ID,Transaction Status\n"
        "10/25/2026,2:30:00 PM,Eastern,$60.00,$0.00,$60.00,$0.00,$0.00,$60.00,T1,P1,Payment,Main,C1,Complete\n"
        "10/26/2026,2:30:00 PM,Eastern,$10.00,$0.00,$10.00,$0.00,$0.00,$10.00,T2,P2,Payment,Main,,Complete\n"
        "10/27/2026,2:30:00 PM,Eastern,$0.00,$0.00,$0.00,$0.00,$0.00,-$45.00,T1,P1,Refund,Main,C1,Complete\n",
        orders=2,
        refunds=1,
        revenue=25.0,
        customers=1,
    ),
    Export(
        "stripe_payments",
        "id,Description,Created (UTC),Amount,Amount Refunded,Currency,Status,Customer ID,Customer Email,Captured\n"
        "ch_1,Mug,2026-01-05 10:12,45.00,0.00,usd,Paid,cus_1,a@example.org,true\n"
        "ch_2,Mug,2026-01-06 10:12,20.00,5.00,usd,Paid,cus_1,a@example.org,true\n"
        "ch_3,Mug,2026-01-07 10:12,20.00,20.00,usd,Refunded,cus_2,b@example.org,true\n"
        "ch_4,Mug,2026-01-08 10:12,99.00,0.00,usd,Failed,cus_2,b@example.org,false\n"
        "ch_5,Mug,2026-01-09 10:12,99.00,0.00,usd,Paid,cus_3,c@example.org,false\n",
        orders=2,
        revenue=60.0,
        customers=1,
        left=(("not_paid", 2), ("refunded", 1)),
    ),
    Export(
        "amazon_orders",
        "amazon-order-id\tpurchase-date\torder-status\tsales-channel\tproduct-name\tsku\tasin\titem-status\tquantity\tcurrency\titem-price\n"
        "111-1\t2026-02-01T10:00:00+00:00\tShipped\tAmazon.com\tMug\tA1\tB01\tShipped\t1\tUSD\t20.00\n"
        "111-1\t2026-02-01T10:00:00+00:00\tShipped\tAmazon.com\tCup\tA2\tB02\tShipped\t2\tUSD\t30.00\n"
        "111-2\t2026-02-02T10:00:00+00:00\tCancelled\tAmazon.com\tMug\tA1\tB01\tCancelled\t0\tUSD\t\n",
        orders=1,
        revenue=50.0,
        left=(("cancelled", 1),),
    ),
    Export(
        "etsy_orders",
        "Sale Date,Order ID,Buyer User ID,Full Name,Number of Items,Date Shipped,Ship Country,Currency,Order Value,Coupon Code,"
        "Discount Amount,Order Total,Status,Order Net,Adjusted Order Total\n"
        "01/25/26,9001,mara,Mara E,1,01/26/26,US,USD,20.00,,0.00,25.00,Complete,22.00,\n"
        "01/26/26,9002,tim,Tim E,2,01/27/26,US,USD,40.00,,0.00,45.00,Complete,40.00,15.00\n",
        orders=2,
        revenue=40.0,
        customers=2,
    ),
    Export(
        "ebay_orders",
        '"Sales Record Number","Order Number","Buyer Username","Buyer State","Item Title","Quantity","Sold For","Total Price","Sale Date",'
        '"Paid On Date"\n'
        '"1","12-001","mara","NY","Mug","1","$10.00","$35.00","Jan-05-26","Jan-05-26"\n'
        '"1","12-001","","","Cup","2","$20.00","","",""\n'
        '"2","12-002","tim","NY","Mug","1","$10.00","$15.00","Jan-06-26","Jan-06-26"\n',
        orders=2,
        revenue=50.0,
        customers=2,
    ),
    Export(
        "lightspeed_sales",
        "Date,Receipt Number,Line Type,Customer Code,Customer Name,Quantity,Discount,Total,Paid,Details,Register,Status,Sku\n"
        "2026-01-05 10:00:00,11,Sale,C1,Ann,3,0,30,30,,Main,CLOSED,\n"
        "2026-01-05 10:00:00,11,Sale Line,,,2,0,20,,Mug,Main,,A1\n"
        "2026-01-05 10:00:00,11,Sale Line,,,1,0,10,,Cup,Main,,A2\n"
        "2026-01-05 10:00:00,11,Payment,,,,,,30,Cash,Main,,\n"
        "2026-01-06 10:00:00,12,Sale,C2,Bob,1,0,8,8,,Main,VOIDED,\n",
        orders=1,
        revenue=30.0,
        customers=1,
        left=(("cancelled", 1),),
    ),
    Export(
        "shopify_customers",
        "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Province Code,Total Spent,Total Orders\n"
        "'1,Ann,E,Ann@example.org,yes,NY,10.00,1\n'2,Bob,E,,no,NY,0.00,0\n",
        members=1,
        customers=1,
        left=(("no_customer_id", 1),),
    ),
    Export(
        "klaviyo_profiles",
        "Email,Klaviyo ID,First Name,Last Name,Date Added,Source\nann@example.org,K1,Ann,E,2026-01-05 10:00:00,Form\n",
        members=1,
        customers=1,
    ),
    Export(
        "taobao_2026",
        "订单编号,支付单号,买家应付货款,总金额,买家实付金额,订单状态,收货地址,订单创建时间,商品标题,宝贝总数量\n"
        "1,p1,90,90,90.00,交易成功,江苏省 ****,2026-05-31 14:16:18,茶,1\n"
        "2,p2,50,50,0.00,等待买家付款,江苏省 ****,2026-05-31 15:16:18,茶,1\n"
        "3,p3,50,50,50.00,交易关闭,江苏省 ****,2026-05-31 16:16:18,茶,1\n",
        orders=1,
        revenue=90.0,
        left=(("cancelled", 1), ("not_paid", 1)),
    ),
    Export(
        "jd_orders",
        "订单号,商品名称,订购数量,下单时间,订单金额,商家应收,订单状态,客户姓名,联系电话,京东价\n"
        "1,茶,1,2026-01-31 08:06:59,499.00,499.00（系统计算中，该值仅供参考）,完成,张*,1******6198,499.00\n"
        "2,茶,1,2026-01-31 09:06:59,99.00,99.00,已取消,张*,1******6198,99.00\n",
        orders=1,
        revenue=499.0,
        left=(("cancelled", 1),),
    ),
    Export(
        "pinduoduo_orders",
        "订单成交时间,商品,订单号,订单状态,商品总价(元),店铺优惠折扣(元),用户实付金额(元),商家实收金额(元),商品数量(件),售后状态\n"
        "2026-01-31 08:06:59,茶,1,已收货,20,1,19.00,19.50,1,无售后或售后取消\n"
        "2026-01-31 09:06:59,茶,2,已收货,20,1,19.00,19.50,1,退款成功\n"
        ",茶,3,已取消,20,1,19.00,19.50,1,无售后或售后取消\n",
        orders=1,
        revenue=19.0,
        left=(("cancelled", 1), ("refunded", 1)),
    ),
    Export(
        "douyin_orders",
        "主订单编号,子订单编号,选购商品,商品数量,订单应付金额,收件人手机号,订单提交时间,订单状态,售后状态\n"
        '"\t1","\t1",茶,1,69.00,138****0001,2026-08-01 10:00:00,已完成,-\n'
        '"\t2","\t2",茶,1,59.00,138****0002,2026-08-02 10:00:00,已关闭,退款成功\n'
        '"\t3","\t3A",茶,1,30.00,138****0003,2026-08-03 10:00:00,已发货,-\n'
        '"\t3","\t3B",杯,1,40.00,138****0003,2026-08-03 10:00:00,已发货,-\n',
        orders=2,
        revenue=139.0,
        left=(("cancelled", 1),),
    ),
    Export(
        "youzan_orders",
        "订单号,订单状态,订单创建时间,买家付款时间,全部商品名称,订单实付金额,收货人手机号/提货人手机号,收货人省份\n"
        "E1,交易完成,2025-07-20 16:42:54,2025-07-20 16:43:00,茶,88.00,13812345678,浙江省\n"
        "E2,交易关闭,2025-07-21 16:42:54,,茶,66.00,13812345679,浙江省\n",
        orders=1,
        revenue=88.0,
        customers=1,
        left=(("cancelled", 1),),
    ),
    Export(
        "wechat_shop_orders",
        "订单号,订单下单时间,订单状态,商品名称,商品数量,订单实际支付金额,商品售后,商品已退款金额\n"
        "1,2026-01-05 10:00:00,已完成,茶,1,30.00,,0.00\n"
        "2,2026-01-06 10:00:00,已完成,茶,1,40.00,退款成功,40.00\n",
        orders=1,
        revenue=30.0,
        left=(("refunded", 1),),
    ),
    Export(
        "typeform",
        "#,How likely are you to recommend us?,Why?,Your email,Response Type,Start Date (UTC),Stage Date (UTC),Submit Date (UTC),"
        "Network ID\n"
        "a1,9,good,ann@example.org,completed,2026-01-23 06:20:12,,2026-01-23 06:24:12,n1\n"
        "a2,2,,bob@example.org,partial,2026-01-23 07:20:12,,2026-01-23 07:24:12,n2\n"
        "a3,10,,,completed,2026-01-23 08:20:12,,2026-01-23 08:24:12,n3\n",
        scores=(9.0, 10.0),
        customers=1,
        left=(("unfinished", 1),),
    ),
    Export(
        "tencent_questionnaire",
        "编号,开始答题时间,结束答题时间,答题时长,1.您有多大可能向朋友推荐我们？,2.您的手机号\n"
        "1,2026-01-05 10:00:00,2026-01-05 10:01:00,60,10,13812345678\n2,2026-01-05 11:00:00,2026-01-05 11:01:00,60,3,\n",
        scores=(10.0, 3.0),
        customers=1,
    ),
    Export(
        "cdnow", " 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n 00002 19970112  5   77.00\n", 3, 0, 100.77, 2
    ),
    Export(
        "qualtrics",
        "StartDate,EndDate,Status,Progress,Finished,RecordedDate,ResponseId,RecipientEmail,DistributionChannel,Q1_NPS_GROUP,Q1,Q2_1,Q2_2\n"
        "Start Date,End Date,Response Type,Progress,Finished,Recorded Date,Response ID,Recipient Email,Distribution Channel,"
        "How likely are you to recommend us? - Group,How likely are you to recommend us?,Please rate - Price,Please rate - Service\n"
        + ",".join('"{""ImportId"":""x""}"' for _ in range(13))
        + "\n2026-05-01 10:00:00,,IP Address,100,True,2026-05-01 10:02:01,R_1,ann@example.org,email,Promoter,9,5,4\n"
        "2026-05-02 10:00:00,,IP Address,100,True,2026-05-02 10:02:01,R_2,bob@example.org,email,Detractor,3,2,1\n"
        "2026-05-02 10:00:00,,Survey Preview,100,True,2026-05-02 10:02:01,R_3,,preview,Promoter,10,5,5\n"
        "2026-05-03 10:00:00,,IP Address,40,False,2026-05-03 10:02:01,R_4,cy@example.org,email,Detractor,1,2,2\n",
        customers=2,
        scores=(9.0, 3.0),
        left=(("preview", 1), ("unfinished", 1)),
        items=4,
    ),
    Export(
        "surveymonkey",
        "Respondent ID,Collector ID,Start Date,End Date,Email Address,How likely is it that you would recommend us?,,"
        "How would you rate us?,,Why?\n"
        ",,,,,Response,Group,Delivery,Price,Open-Ended Response\n"
        "101,1,05/20/2026 10:00:00 AM,05/20/2026 10:05:00 AM,a@example.org,9,Promoter,5,4,good\n"
        "102,1,05/21/2026 10:00:00 AM,05/21/2026 10:05:00 AM,b@example.org,10,Promoter,3,,\n"
        "103,1,05/22/2026 10:00:00 AM,05/22/2026 10:05:00 AM,c@example.org,2,Detractor,1,2,late\n",
        customers=3,
        scores=(9.0, 10.0, 2.0),
        items=5,
    ),
    Export(
        "survey",
        "Response ID,Date,Email,How likely are you to recommend us? (0-10),How satisfied are you overall?\n"
        "1,2026-05-01,a@example.org,9,5\n2,2026-05-02,b@example.org,0,1\n3,2026-05-03,c@example.org,10,\n",
        customers=3,
        scores=(9.0, 0.0, 10.0, 5.0, 1.0),
    ),
    Export(
        "cdnow",
        " customer_id  date number_of_cds  dollar_value\n 00001 19970101  1   11.77\n 00002 19970112  1   12.00\n",
        2,
        0,
        23.77,
        2,
    ),
    Export(
        "nps",
        "Response ID,Date,How likely are you to recommend us? (0-10)\n1,2026-01-05,9\n2,2026-01-06,0\n",
        scores=(9.0, 0.0),
    ),
    Export(
        "nps",
        "Timestamp,您愿意把我们推荐给朋友吗？\n2026/01/25 10:00:00,9\n2026/01/26 10:00:00,10\n",
        scores=(9.0, 10.0),
    ),
]


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: f"{export.profile}-{len(export.text)}")
def test_totals_by_hand(export: Export) -> None:
    with stage([NamedBytes("export.csv", export.text.encode())], store=None) as staged:
        receipt = staged.receipt
        tables = {name: read().read_all().to_pylist() for name, read in staged.tables().items()}
    assert receipt.profile == export.profile
    assert (receipt.orders, receipt.refunds, receipt.revenue) == (export.orders, export.refunds, export.revenue)
    assert (receipt.customers, receipt.members) == (export.customers, export.members)
    assert tuple(row["score"] for row in tables.get("feedback", [])) == export.scores
    assert receipt.answers == export.items
    assert tuple(sorted((entry.rule, entry.lines) for entry in receipt.left_out)) == export.left
    assert receipt.lines_in == receipt.lines_taken + sum(entry.lines for entry in receipt.left_out)


@pytest.mark.parametrize("export", EXPORTS, ids=lambda export: f"{export.profile}-{len(export.text)}")
def test_every_filled_cell_is_used_or_named(export: Export) -> None:
    with stage([NamedBytes("export.csv", export.text.encode())], store=None) as staged:
        receipt = staged.receipt
    assert receipt.cells_in == receipt.cells_used + sum(one.cells for one in receipt.unused)
    lines = export.text.splitlines()
    delimiter = next((sign for sign in "\t,;" if sign in lines[0]), None)
    rows = list(csv.reader(lines, delimiter=delimiter)) if delimiter else [line.split() for line in lines]
    above = {"qualtrics": 3, "surveymonkey": 2}.get(export.profile, int(not lines[0].strip()[0].isdigit()))
    data = rows[above:]
    assert receipt.cells_in == sum(bool(cell.strip()) for row in data for cell in row)
    by_header: dict[str, int] = {}
    for place, header in enumerate(rows[0]):
        count = sum(bool(row[place].strip()) for row in data if place < len(row))
        by_header[header.strip()] = by_header.get(header.strip(), 0) + count
    for one in receipt.unused:
        if one.what == "column" and one.name in by_header:
            assert one.cells == by_header[one.name]
