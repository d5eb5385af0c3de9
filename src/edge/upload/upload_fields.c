/* What columns may be, as one table: names, types, where they stand in the document, and the headers that mean them in files
 * of people. Headers are compared folded: letters and digits only, in lower case. */
#include "upload_priv.h"

#include <string.h>

#define WEIGHT_UNITS "g kg"
#define LENGTH_UNITS "mm cm m"
#define PRICE_UNITS  "major minor"
#define CONDITIONS   "good quarantine damaged expired"
#define KINDS        "stocked service digital bundle made menu_item"

#define P            UPLOAD_PRODUCTS
#define S            UPLOAD_STOCK
#define C            UPLOAD_CUSTOMERS
#define O            UPLOAD_ORDERS

const struct upload_field upload_fields[] = {
    /* kind, name, type, required, choices, path, list, words, doc */
    {P, "sku", UPLOAD_TEXT, true, NULL, NULL, NULL,
     "code|itemcode|itemno|itemnumber|articlenumber|article|productcode|productid|partnumber|variantsku|货号|編號|"
     "商品编码|商品編號|产品编码|"
     "商品货号|料号|料號|物料编码|款号|sku编码|sku码",
     "Code of the product; recognizes it"},
    {P, "name", UPLOAD_TEXT, false, NULL, NULL, NULL,
     "title|productname|itemname|description|名称|名稱|商品名称|商品名稱|产品名称|產品名稱|品名|标题|標題",
     "Name in the company's language"},
    {P, "name.en", UPLOAD_TEXT, false, NULL, NULL, NULL,
     "englishname|nameenglish|titleen|英文名|英文名称|英文名稱|英文品名", "Name in English"},
    {P, "name.zh-CN", UPLOAD_TEXT, false, NULL, NULL, NULL,
     "namezh|chinesename|namecn|中文名|中文名称|简体名称|简体中文名|中文品名", "Name in simplified Chinese"},
    {P, "name.zh-TW", UPLOAD_TEXT, false, NULL, NULL, NULL, "nametw|namehk|繁體名稱|繁体名称|中文名稱|繁體中文名",
     "Name in traditional Chinese"},
    {P, "kind", UPLOAD_CHOICE, false, KINDS, NULL, NULL, "type|producttype|类型|類型|商品类型|商品類型", "What it is"},
    {P, "active", UPLOAD_BOOL, false, NULL, NULL, NULL, "enabled|onsale|published|启用|啟用|在售|上架|是否上架",
     "Is it sold"},
    {P, "unit", UPLOAD_TEXT, false, NULL, NULL, NULL, "uom|unitofmeasure|单位|單位|计量单位|計量單位",
     "Unit in which it is sold and stocked"},
    {P, "price", UPLOAD_PRICE, false, PRICE_UNITS, NULL, NULL,
     "unitprice|saleprice|retailprice|listprice|variantprice|价格|價格|售价|售價|单价|單價|零售价|零售價",
     "Price of one unit"},
    {P, "currency", UPLOAD_TEXT, false, NULL, NULL, NULL, "币种|幣別|货币|貨幣|幣種", "Of the price"},
    {P, "gtin", UPLOAD_TEXT, false, NULL, NULL, NULL,
     "ean|upc|barcode|ean13|isbn|条码|條碼|条形码|條形碼|国际条码|国际条形码", "GTIN with its check digit"},
    {P, "weight", UPLOAD_WEIGHT, false, WEIGHT_UNITS, "weight_g", NULL,
     "weightg|grams|weightgrams|variantgrams|重量|重量g|净重|淨重|毛重", "Weight of one unit"},
    {P, "length", UPLOAD_LENGTH, false, LENGTH_UNITS, "length_mm", NULL, "lengthmm|长|長|长度|長度", "Length, packed"},
    {P, "width", UPLOAD_LENGTH, false, LENGTH_UNITS, "width_mm", NULL, "widthmm|宽|寬|宽度|寬度", "Width, packed"},
    {P, "height", UPLOAD_LENGTH, false, LENGTH_UNITS, "height_mm", NULL, "heightmm|高|高度", "Height, packed"},
    {P, "tax_category", UPLOAD_TEXT, false, NULL, NULL, NULL, "taxclass|taxcode|税类|稅別|税收分类|稅類",
     "Category of the tax rates"},
    {P, "country_of_origin", UPLOAD_TEXT, false, NULL, NULL, NULL, "origin|madein|原产国|原產國|产地|產地|原产地",
     "ISO 3166-1 alpha-2"},
    {P, "hs_code", UPLOAD_TEXT, false, NULL, NULL, NULL,
     "hs|tariffcode|commoditycode|海关编码|海關編碼|hs编码|税则号列", "Customs tariff number"},
    {P, "parent_sku", UPLOAD_TEXT, false, NULL, NULL, NULL,
     "parent|parentcode|mastersku|父货号|主货号|主商品编码|父編號|父sku|主商品編號",
     "Of a variant: the product it is a variant of"},
    {P, "options", UPLOAD_JSON, false, NULL, NULL, NULL, "variant|规格|規格",
     "Of a variant: how it differs, as a JSON object"},
    {P, "images", UPLOAD_TEXTS, false, NULL, NULL, NULL,
     "image|imageurl|picture|imagesrc|图片|圖片|主图|圖片網址|图片链接", "Addresses of pictures, with ; between"},
    {P, "attributes", UPLOAD_JSON, false, NULL, NULL, NULL, "属性|屬性", "A JSON object of your own"},
    {P, "units", UPLOAD_JSON, false, NULL, NULL, NULL, NULL, "Further units, as a JSON array"},

    {S, "sku", UPLOAD_TEXT, true, NULL, "sku", "lines",
     "code|itemcode|itemno|articlenumber|article|productcode|货号|編號|商品编码|商品編號|产品编码|料号|料號|物料编码|"
     "款号",
     "Code of the product"},
    {S, "location", UPLOAD_TEXT, true, NULL, NULL, NULL,
     "warehouse|store|locationcode|site|仓库|倉庫|仓|仓库编码|倉庫編號|门店|門市|库位|地点|地點",
     "Code of the location"},
    {S, "counted", UPLOAD_NUMBER, false, NULL, "counted", "lines",
     "onhand|quantity|qty|stock|count|inventory|balance|stockquantity|库存|庫存|数量|數量|在库|在庫|实盘|實盤|现有量|"
     "現有量|库存数量|庫存數量|盘点数量|盤點數量",
     "How much is there: stock is set to it"},
    {S, "delta", UPLOAD_NUMBER, false, NULL, "delta", "lines",
     "change|difference|adjustment|调整|調整|差异|差異|增减|增減|调整数量", "How much more or less; or counted"},
    {S, "safety", UPLOAD_NUMBER, false, NULL, NULL, NULL, "safetystock|minimum|min|安全库存|安全庫存|最低库存|最低庫存",
     "Kept back from sale; of plain stock"},
    {S, "lot", UPLOAD_TEXT, false, NULL, "lot", "lines", "batch|lotnumber|batchnumber|批号|批號|批次|批次号", "Lot"},
    {S, "owner", UPLOAD_TEXT, false, NULL, "owner", "lines", "consignor|货主|貨主",
     "Whose it is; empty = the company's"},
    {S, "condition", UPLOAD_CHOICE, false, CONDITIONS, "condition", "lines",
     "stockcondition|品质|品質|状态|狀態|库存状态", "What state it is in"},
    {S, "reason", UPLOAD_TEXT, false, NULL, NULL, NULL, "note|comment|remark|原因|备注|備註", "Why"},

    {C, "id", UPLOAD_TEXT, false, NULL, NULL, NULL, NULL,
     "Our own id, where a file was taken out here; recognizes the customer first"},
    {C, "external_id", UPLOAD_TEXT, false, NULL, NULL, NULL,
     "customerid|customernumber|customercode|customerno|id|客户编号|客戶編號|会员号|會員編號|客户编码|客戶代碼|客户id",
     "Id in another system; recognizes the customer, before e-mail and phone"},
    {C, "email", UPLOAD_TEXT, false, NULL, NULL, NULL, "mail|emailaddress|邮箱|電子郵件|电子邮件|信箱|电子邮箱",
     "E-mail address"},
    {C, "phone", UPLOAD_TEXT, false, NULL, NULL, NULL,
     "telephone|mobile|phonenumber|cell|电话|電話|手机|手機|手机号|手機號碼|联系电话|聯絡電話", "Phone number"},
    {C, "name", UPLOAD_TEXT, false, NULL, NULL, NULL,
     "fullname|customer|customername|contact|姓名|客户名称|客戶名稱|名称|名稱|客户|客戶|联系人|聯絡人",
     "What the customer is called"},
    {C, "company", UPLOAD_TEXT, false, NULL, NULL, NULL, "companyname|organization|公司|公司名称|公司名稱|单位名称",
     "Company"},
    {C, "tax_id", UPLOAD_TEXT, false, NULL, NULL, NULL,
     "vatid|vatnumber|taxnumber|税号|稅號|統一編號|统一社会信用代码|纳税人识别号", "For invoices"},
    {C, "language", UPLOAD_TEXT, false, NULL, NULL, NULL, "locale|语言|語言", "Of messages"},
    {C, "tags", UPLOAD_TEXTS, false, NULL, NULL, NULL, "labels|标签|標籤", "Words, with ; between"},
    {C, "notes", UPLOAD_TEXT, false, NULL, NULL, NULL, "note|comment|备注|備註", "For staff"},
    {C, "blocked", UPLOAD_BOOL, false, NULL, NULL, NULL, "黑名单|黑名單|冻结|凍結", "New orders are held"},
    {C, "blocked_reason", UPLOAD_TEXT, false, NULL, NULL, NULL, NULL, "Why"},
    {C, "metadata", UPLOAD_JSON, false, NULL, NULL, NULL, NULL, "A JSON object of your own"},
    {C, "addresses", UPLOAD_JSON, false, NULL, NULL, NULL, NULL, "All addresses, as a JSON array; or one by address.*"},
    {C, "address.name", UPLOAD_TEXT, false, NULL, "address.name", "addresses", "recipient|收货人|收貨人|收件人",
     "Recipient"},
    {C, "address.company", UPLOAD_TEXT, false, NULL, "address.company", "addresses", NULL, "Company there"},
    {C, "address.line1", UPLOAD_TEXT, false, NULL, "address.line1", "addresses",
     "line1|address|address1|street|addressline1|地址|详细地址|詳細地址|街道", "Street and number"},
    {C, "address.line2", UPLOAD_TEXT, false, NULL, "address.line2", "addresses", "line2|address2|addressline2|地址2",
     "More of it"},
    {C, "address.city", UPLOAD_TEXT, false, NULL, "address.city", "addresses", "city|town|城市|市|县市|縣市", "City"},
    {C, "address.region", UPLOAD_TEXT, false, NULL, "address.region", "addresses",
     "region|state|province|省|省份|州|地区", "State, province"},
    {C, "address.postal_code", UPLOAD_TEXT, false, NULL, "address.postal_code", "addresses",
     "zip|postcode|postalcode|zipcode|邮编|郵遞區號|邮政编码|郵政編碼", "Postal code"},
    {C, "address.country", UPLOAD_TEXT, false, NULL, "address.country", "addresses",
     "country|countrycode|国家|國家|国家代码", "ISO 3166-1 alpha-2"},
    {C, "address.phone", UPLOAD_TEXT, false, NULL, "address.phone", "addresses", NULL, "Phone there"},

    {O, "channel", UPLOAD_TEXT, true, NULL, NULL, NULL, "source|shop|store|渠道|通路|店铺|店鋪|平台|来源|來源",
     "Code of the channel"},
    {O, "external_id", UPLOAD_TEXT, true, NULL, NULL, NULL,
     "ordernumber|orderid|orderno|order|number|订单号|訂單編號|订单编号|訂單號|单号|單號",
     "The channel's own id of the order; rows that share it are one order"},
    {O, "currency", UPLOAD_TEXT, true, NULL, NULL, NULL, "币种|幣別|货币|貨幣|幣種", "Of all its money"},
    {O, "ordered_at", UPLOAD_INSTANT, false, NULL, NULL, NULL,
     "date|orderdate|createdat|created|下单时间|訂購時間|订单日期|訂單日期|下单日期|创建时间|建立時間",
     "When it was ordered"},
    {O, "sku", UPLOAD_TEXT, true, NULL, "sku", "lines",
     "code|itemcode|lineitemsku|productcode|article|货号|編號|商品编码|商品編號|产品编码|料号", "What is ordered"},
    {O, "quantity", UPLOAD_NUMBER, true, NULL, "quantity", "lines", "qty|count|lineitemquantity|数量|數量|件数|件數",
     "How much"},
    {O, "unit_price", UPLOAD_PRICE, false, PRICE_UNITS, "unit_price", "lines",
     "price|lineitemprice|单价|單價|价格|價格|售价|售價", "Of one unit; empty = the catalog's"},
    {O, "discount", UPLOAD_MONEY, false, PRICE_UNITS, "discount", "lines", "linediscount|折扣|优惠|優惠|折扣金额",
     "Of the line"},
    {O, "tax_rate", UPLOAD_RATE, false, NULL, "tax_rate", "lines", "vatrate|税率|稅率", "0.13 is 13 %"},
    {O, "shipping", UPLOAD_MONEY, false, PRICE_UNITS, "amount", "charges",
     "shippingcost|freight|postage|运费|運費|邮费", "Shipping charge of the order"},
    {O, "expected_total", UPLOAD_MONEY, false, PRICE_UNITS, NULL, NULL,
     "total|grandtotal|ordertotal|总额|總額|总价|總價|订单金额|訂單金額|合计|合計",
     "What the customer pays; another total holds the order"},
    {O, "payment_terms", UPLOAD_CHOICE, false, "prepaid cod deposit account", NULL, NULL, "terms|付款条件|付款條件",
     "How much must be there before release"},
    {O, "paid", UPLOAD_MONEY, false, PRICE_UNITS, "amount", "payments",
     "amountpaid|paidamount|已付|实付|實付|已付金额|实付金额|付款金額", "Money that was paid already"},
    {O, "payment_reference", UPLOAD_TEXT, false, NULL, "reference", "payments",
     "transactionid|paymentid|流水号|交易号|交易單號", "Of that payment"},
    {O, "shipping_method", UPLOAD_TEXT, false, NULL, NULL, NULL, "delivery|shippingservice|配送方式|物流方式|運送方式",
     "As the channel calls it"},
    {O, "customer.external_id", UPLOAD_TEXT, false, NULL, NULL, NULL,
     "customerid|customernumber|客户编号|客戶編號|会员号|會員編號", "Who orders"},
    {O, "customer.email", UPLOAD_TEXT, false, NULL, NULL, NULL, "email|mail|customeremail|邮箱|電子郵件|电子邮件|信箱",
     "Who orders"},
    {O, "customer.phone", UPLOAD_TEXT, false, NULL, NULL, NULL,
     "phone|telephone|mobile|customerphone|电话|電話|手机|手機", "Who orders"},
    {O, "customer.name", UPLOAD_TEXT, false, NULL, NULL, NULL,
     "customer|customername|buyer|buyername|客户|客戶|买家|買家|姓名|客户名称|客戶名稱", "Who orders"},
    {O, "shipping_address.name", UPLOAD_TEXT, false, NULL, NULL, NULL,
     "name|fullname|recipient|shippingname|shiptoname|收货人|收貨人|收件人", "Recipient"},
    {O, "shipping_address.phone", UPLOAD_TEXT, false, NULL, NULL, NULL, "shippingphone|收货电话|收貨電話|收件人电话",
     "Phone there"},
    {O, "shipping_address.company", UPLOAD_TEXT, false, NULL, NULL, NULL, "shippingcompany", "Company there"},
    {O, "shipping_address.line1", UPLOAD_TEXT, false, NULL, NULL, NULL,
     "line1|addressline1|address|address1|shippingaddress|shippingaddress1|shippingstreet|street|地址|收货地址|收貨地址|详细地址|詳細地址",
     "Street and number"},
    {O, "shipping_address.line2", UPLOAD_TEXT, false, NULL, NULL, NULL, "line2|addressline2|address2|shippingaddress2", "More of it"},
    {O, "shipping_address.city", UPLOAD_TEXT, false, NULL, NULL, NULL, "city|shippingcity|城市|市|收货城市|縣市",
     "City"},
    {O, "shipping_address.region", UPLOAD_TEXT, false, NULL, NULL, NULL,
     "region|state|province|shippingprovince|shippingregion|省|省份|州", "State, province"},
    {O, "shipping_address.postal_code", UPLOAD_TEXT, false, NULL, NULL, NULL,
     "zip|postcode|postalcode|shippingzip|zipcode|邮编|郵遞區號|邮政编码", "Postal code"},
    {O, "shipping_address.country", UPLOAD_TEXT, false, NULL, NULL, NULL,
     "country|shippingcountry|countrycode|国家|國家", "ISO 3166-1 alpha-2"},
    {O, "notes", UPLOAD_TEXT, false, NULL, NULL, NULL, "note|comment|备注|備註|留言|买家留言",
     "Of the customer or of staff"},
    {O, "tags", UPLOAD_TEXTS, false, NULL, NULL, NULL, "labels|标签|標籤", "Words, with ; between"},
    {0},
};

static const char *const type_names[] = {"text",   "number", "integer", "money", "price", "rate", "weight",
                                         "length", "bool",   "instant", "date",  "texts", "json", "choice"};

const struct upload_field *upload_field_find(enum upload_kind kind, const char *name)
{
  for (const struct upload_field *f = upload_fields; f->name; f++)
    if (f->kind == kind && text_eq(f->name, name))
      return f;
  return NULL;
}

void upload_fields_show(struct arena *a, enum upload_kind kind, upload_fields_shown *out)
{
  for (const struct upload_field *f = upload_fields; f->name; f++) {
    if (f->kind != kind)
      continue;
    struct upload_field_shown *shown = LIST_ADD(a, out);
    *shown = (struct upload_field_shown){
        .name = f->name, .type = type_names[f->type], .doc = f->doc, .required = f->required};
    for (const char *p = f->choices; p && *p; p += strcspn(p, " "), p += *p == ' ')
      *LIST_ADD(a, &shown->choices) = arena_textn(a, p, strcspn(p, " "));
    for (const char *p = f->words; p && *p; p += strcspn(p, "|"), p += *p == '|')
      *LIST_ADD(a, &shown->headers) = arena_textn(a, p, strcspn(p, "|"));
  }
}
