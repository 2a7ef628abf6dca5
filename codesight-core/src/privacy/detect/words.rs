//! The words that mean something beside a value, folded to lower case.

use super::context::Cues;

const fn both(first: Cues, second: Cues) -> Cues {
    Cues(first.0 | second.0)
}

const PHONE: Cues = Cues::PHONE;
const PHONE_MAYBE: Cues = Cues::PHONE_MAYBE;
const CARD: Cues = Cues::CARD;
const SSN: Cues = Cues::SSN;
const ID: Cues = Cues::ID;
const NATIONAL: Cues = both(Cues::ID, Cues::NATIONAL);
const BIRTH: Cues = Cues::BIRTH;
const ADDRESS: Cues = Cues::ADDRESS;
const IP: Cues = Cues::IP;
const THING: Cues = Cues::THING;
const VERSION: Cues = Cues::VERSION;
const FILLER: Cues = Cues::FILLER;
const ANNOUNCES: Cues = Cues::ANNOUNCES;
const MONTH: Cues = Cues::MONTH;
const STREET: Cues = Cues::STREET;

/// ASCII words, sorted for readers.
#[rustfmt::skip]
pub(super) const WORDS: &[(&str, Cues)] = &[
    ("a", FILLER), ("aadhaar", NATIONAL), ("aadhar", NATIONAL), ("abril", MONTH), ("addr", IP),
    ("address", both(ADDRESS, IP)), ("addresses", ADDRESS), ("adres", ADDRESS), ("adresa", ADDRESS),
    ("adress", ADDRESS), ("adresse", ADDRESS), ("afm", NATIONAL), ("agosto", MONTH), ("ahv", NATIONAL), ("al", FILLER),
    ("allee", STREET), ("amex", CARD), ("amka", NATIONAL), ("an", FILLER), ("and", FILLER),
    ("anschrift", ADDRESS), ("answering", PHONE_MAYBE), ("aout", MONTH), ("apr", MONTH), ("april", MONTH),
    ("aprile", MONTH), ("are", both(ANNOUNCES, FILLER)), ("article", THING), ("articolo", THING),
    ("articulo", THING), ("artikel", THING), ("artikelnummer", THING), ("artnr", THING),
    ("as", both(ANNOUNCES, FILLER)), ("asin", THING), ("asmens", NATIONAL), ("asmenskodas", NATIONAL), ("at", both(ANNOUNCES, FILLER)),
    ("aug", MONTH), ("august", MONTH), ("augustus", MONTH), ("ave", STREET), ("avenida", STREET),
    ("avenue", STREET), ("avril", MONTH), ("avs", NATIONAL), ("backup", PHONE_MAYBE), ("barcode", THING),
    ("batch", THING), ("bday", BIRTH), ("bestellnummer", THING), ("bestellung", THING), ("birth", BIRTH),
    ("birthdate", BIRTH), ("birthday", BIRTH), ("blocked", IP), ("blvd", STREET), ("born", BIRTH),
    ("boulevard", STREET), ("bsn", NATIONAL), ("build", both(THING, VERSION)), ("by", FILLER),
    ("call", PHONE_MAYBE), ("callback", PHONE_MAYBE), ("calle", STREET), ("calling", PHONE_MAYBE),
    ("calls", PHONE_MAYBE), ("card", CARD), ("cardnumber", CARD), ("cards", CARD), ("carta", CARD),
    ("cartao", CARD), ("carte", CARD), ("case", THING), ("cat", THING), ("catalog", THING),
    ("catalogue", THING), ("cc", CARD), ("ccnum", CARD), ("cedula", NATIONAL), ("cell", PHONE_MAYBE),
    ("cellphone", PHONE), ("cellulare", PHONE), ("celular", PHONE), ("chapter", VERSION),
    ("chemin", STREET), ("circle", STREET), ("cislo", NATIONAL), ("citizen", NATIONAL), ("client", IP),
    ("close", STREET), ("cm", THING), ("cnp", NATIONAL), ("code", THING), ("codes", THING), ("codice", NATIONAL),
    ("color", THING), ("colour", THING), ("contact", PHONE_MAYBE), ("core", THING), ("corso", STREET),
    ("court", STREET), ("cpf", NATIONAL), ("cpr", NATIONAL), ("credit", CARD), ("creditcard", CARD),
    ("creditcardnummer", CARD), ("crescent", STREET), ("ct", STREET), ("cuil", NATIONAL), ("cuit", NATIONAL),
    ("curp", NATIONAL), ("current", FILLER), ("das", FILLER), ("dateofbirth", BIRTH), ("de", FILLER),
    ("debit", CARD), ("dec", MONTH), ("december", MONTH), ("decembre", MONTH), ("deliver", ADDRESS),
    ("delivered", ADDRESS), ("delivery", ADDRESS), ("dem", FILLER), ("der", FILLER), ("desk", PHONE_MAYBE),
    ("deskjet", THING), ("dezember", MONTH), ("dezembro", MONTH), ("dial", PHONE_MAYBE),
    ("dicembre", MONTH), ("diciembre", MONTH), ("die", FILLER), ("dimension", THING), ("dimensions", THING),
    ("diners", CARD), ("direccion", ADDRESS), ("direct", PHONE_MAYBE), ("discover", CARD), ("dni", NATIONAL),
    ("dns", IP), ("dob", BIRTH), ("domicilio", ADDRESS), ("dpi", THING), ("dr", STREET), ("drive", STREET),
    ("driver", VERSION), ("du", FILLER), ("e", FILLER), ("ean", THING), ("egn", NATIONAL), ("el", FILLER),
    ("emergency", PHONE_MAYBE), ("emirates", NATIONAL), ("emso", NATIONAL), ("endereco", ADDRESS), ("enero", MONTH),
    ("es", both(ANNOUNCES, FILLER)), ("est", both(ANNOUNCES, FILLER)), ("et", FILLER), ("eur", THING),
    ("fax", PHONE), ("feb", MONTH), ("febbraio", MONTH), ("febrero", MONTH), ("februar", MONTH),
    ("februari", MONTH), ("february", MONTH), ("fevereiro", MONTH), ("fevrier", MONTH), ("fin", NATIONAL),
    ("firmware", VERSION), ("fiscale", NATIONAL), ("fodselsdato", BIRTH), ("fodselsnummer", NATIONAL), ("for", FILLER),
    ("from", IP), ("gade", STREET), ("galaxy", THING), ("gasse", STREET), ("gatan", STREET),
    ("gateway", IP), ("gb", THING), ("gbp", THING), ("geboortedatum", BIRTH), ("geboren", BIRTH),
    ("geburtsdatum", BIRTH), ("geburtstag", BIRTH), ("gennaio", MONTH), ("giugno", MONTH), ("gmt", THING),
    ("groesse", THING), ("gsm", PHONE_MAYBE), ("gtin", THING), ("handy", PHONE_MAYBE),
    ("handynummer", PHONE), ("henkilotunnus", NATIONAL), ("her", FILLER), ("hetu", NATIONAL), ("highway", STREET),
    ("him", FILLER), ("his", FILLER), ("home", PHONE_MAYBE), ("host", IP), ("hosts", IP),
    ("hotline", PHONE), ("hp", PHONE_MAYBE), ("hwy", STREET), ("id", ID), ("identification", NATIONAL),
    ("identifiers", THING), ("identifikationsnummer", NATIONAL), ("identity", NATIONAL), ("idnr", NATIONAL), ("il", FILLER),
    ("impasse", STREET), ("indirizzo", ADDRESS), ("inr", THING), ("insee", NATIONAL), ("insurance", NATIONAL),
    ("intel", THING), ("inventory", THING), ("invoice", THING), ("ip", IP), ("ipad", THING),
    ("ipaddress", IP), ("iphone", THING), ("ipv", IP), ("is", both(ANNOUNCES, FILLER)), ("isbn", THING),
    ("iqama", NATIONAL), ("isikukood", NATIONAL), ("issn", THING), ("ist", both(ANNOUNCES, FILLER)), ("item", THING), ("items", THING),
    ("itin", SSN), ("jan", MONTH), ("janeiro", MONTH), ("januar", MONTH), ("januari", MONTH),
    ("january", MONTH), ("janvier", MONTH), ("jcb", CARD), ("jmbg", NATIONAL), ("jpy", THING), ("juillet", MONTH),
    ("juin", MONTH), ("jul", MONTH), ("julho", MONTH), ("juli", MONTH), ("julio", MONTH), ("july", MONTH),
    ("jun", MONTH), ("june", MONTH), ("junho", MONTH), ("juni", MONTH), ("junio", MONTH), ("kaart", CARD),
    ("karta", CARD), ("karte", CARD), ("kartennummer", CARD), ("kartu", CARD), ("katu", STREET),
    ("kennitala", NATIONAL), ("kernel", VERSION), ("kg", THING), ("kimlik", NATIONAL), ("kodas", NATIONAL), ("kort", CARD), ("kortnummer", CARD),
    ("kreditkarte", CARD), ("kreditkartennummer", CARD), ("la", FILLER), ("laan", STREET),
    ("landline", PHONE), ("lane", STREET), ("laserjet", THING), ("le", FILLER), ("licence", THING),
    ("license", THING), ("lieferadresse", ADDRESS), ("line", FILLER), ("listing", THING),
    ("lives", ADDRESS), ("living", ADDRESS), ("ln", STREET), ("located", ADDRESS), ("location", ADDRESS),
    ("login", IP), ("lot", THING), ("luglio", MONTH), ("lumen", THING), ("maart", MONTH), ("maestro", CARD),
    ("maggio", MONTH), ("mah", THING), ("mai", MONTH), ("mail", ADDRESS), ("main", PHONE_MAYBE),
    ("maio", MONTH), ("maj", MONTH), ("mar", MONTH), ("march", MONTH), ("mars", MONTH), ("marz", MONTH),
    ("marzo", MONTH), ("mastercard", CARD), ("may", MONTH), ("mayo", MONTH), ("me", FILLER),
    ("mein", FILLER), ("meine", FILLER), ("medicare", NATIONAL), ("menge", THING), ("message", PHONE_MAYBE),
    ("messages", PHONE_MAYBE), ("mi", FILLER), ("mm", THING), ("mobil", PHONE_MAYBE),
    ("mobile", PHONE_MAYBE), ("mobiles", PHONE_MAYBE), ("mobilnummer", PHONE), ("mobiltelefon", PHONE),
    ("model", THING), ("modell", THING), ("models", THING), ("mpn", THING), ("msisdn", PHONE),
    ("my", FILLER), ("nacida", BIRTH), ("nacido", BIRTH), ("nacimiento", BIRTH), ("naissance", BIRTH),
    ("narozeni", BIRTH), ("nascimento", BIRTH), ("nascita", BIRTH), ("nata", BIRTH), ("national", NATIONAL),
    ("nationalid", NATIONAL), ("nato", BIRTH), ("nee", BIRTH), ("network", IP), ("new", FILLER), ("nhs", NATIONAL),
    ("nie", NATIONAL), ("nif", NATIONAL), ("nino", NATIONAL), ("nir", NATIONAL), ("no", both(ANNOUNCES, FILLER)), ("node", IP),
    ("nov", MONTH), ("november", MONTH), ("novembre", MONTH), ("noviembre", MONTH),
    ("nr", both(ANNOUNCES, FILLER)), ("nric", NATIONAL), ("num", both(ANNOUNCES, FILLER)),
    ("number", both(ANNOUNCES, FILLER)), ("numbers", both(ANNOUNCES, FILLER)),
    ("numer", both(ANNOUNCES, FILLER)), ("numero", both(ANNOUNCES, FILLER)),
    ("nummer", both(ANNOUNCES, FILLER)), ("o", FILLER), ("oct", MONTH), ("october", MONTH),
    ("octobre", MONTH), ("octubre", MONTH), ("oder", FILLER), ("of", FILLER), ("office", PHONE_MAYBE),
    ("officejet", THING), ("oib", NATIONAL), ("oktober", MONTH), ("old", FILLER), ("on", both(ANNOUNCES, FILLER)),
    ("ops", PHONE_MAYBE), ("or", FILLER), ("order", THING), ("orders", THING), ("osoite", ADDRESS),
    ("ottobre", MONTH), ("ou", FILLER), ("our", FILLER), ("outubro", MONTH), ("pack", THING),
    ("page", THING), ("pager", PHONE_MAYBE), ("pages", THING), ("pan", CARD), ("parkway", STREET),
    ("part", THING), ("parts", THING), ("passport", NATIONAL), ("pcs", THING), ("peer", IP), ("personal", FILLER),
    ("personnummer", NATIONAL), ("pesel", NATIONAL), ("phone", PHONE_MAYBE), ("phonenumber", PHONE),
    ("phones", PHONE_MAYBE), ("piazza", STREET), ("pieces", THING), ("ping", IP), ("pixel", THING),
    ("pkwy", STREET), ("pl", STREET), ("place", STREET), ("platz", STREET), ("plaza", STREET),
    ("please", FILLER), ("plein", STREET), ("portable", PHONE_MAYBE), ("pps", NATIONAL), ("ppsn", NATIONAL),
    ("precio", THING), ("preis", THING), ("price", THING), ("prices", THING), ("prix", THING),
    ("product", THING), ("products", THING), ("produkt", THING), ("psi", THING), ("puhelin", PHONE),
    ("puhelinnumero", PHONE), ("px", THING), ("qty", THING), ("quai", STREET), ("quantity", THING),
    ("rang", PHONE_MAYBE), ("rd", STREET), ("reach", PHONE_MAYBE), ("receipt", THING),
    ("rechnungsadresse", ADDRESS), ("ref", THING), ("reference", THING), ("referencia", THING),
    ("registered", FILLER), ("release", VERSION), ("remote", IP), ("reside", ADDRESS),
    ("residence", ADDRESS), ("resident", NATIONAL), ("residential", ADDRESS), ("resides", ADDRESS),
    ("rev", VERSION), ("revision", VERSION), ("rijksregisternummer", NATIONAL), ("ring", PHONE_MAYBE), ("rnokpp", NATIONAL), ("road", STREET), ("rodne", NATIONAL),
    ("route", IP), ("row", THING), ("rows", THING), ("rpm", THING), ("rua", STREET), ("rue", STREET),
    ("rufnummer", PHONE), ("run", NATIONAL), ("rut", NATIONAL), ("ryzen", THING), ("sdk", VERSION),
    ("section", VERSION), ("securite", NATIONAL), ("security", both(ID, SSN)), ("send", ADDRESS),
    ("sent", ADDRESS), ("sep", MONTH), ("sept", MONTH), ("september", MONTH), ("septembre", MONTH),
    ("septiembre", MONTH), ("sequence", THING), ("serial", THING), ("series", THING), ("server", IP),
    ("setembro", MONTH), ("settembre", MONTH), ("ship", ADDRESS), ("shipment", THING), ("shipped", ADDRESS),
    ("shipping", ADDRESS), ("sin", NATIONAL), ("size", THING), ("sizes", THING), ("sku", THING), ("skus", THING),
    ("sms", PHONE_MAYBE), ("snils", NATIONAL), ("social", both(ID, SSN)), ("sociale", NATIONAL), ("software", VERSION),
    ("sozialversicherungsnummer", NATIONAL), ("sq", STREET), ("square", STREET), ("ssn", SSN), ("st", STREET),
    ("steuer", NATIONAL), ("steuerid", NATIONAL), ("steuernummer", NATIONAL), ("str", STREET), ("straat", STREET), ("strasse", STREET),
    ("street", STREET), ("style", THING), ("su", FILLER), ("subnet", IP), ("svnr", NATIONAL), ("syntymaaika", BIRTH),
    ("taille", THING), ("talefons", PHONE), ("talla", THING), ("tarjeta", CARD), ("taxpayer", NATIONAL),
    ("tb", THING), ("tckimlik", NATIONAL), ("tckn", NATIONAL), ("tel", PHONE), ("telefax", PHONE), ("telefon", PHONE),
    ("telefonas", PHONE), ("telefone", PHONE), ("telefonnumer", PHONE), ("telefonnummer", PHONE),
    ("telefono", PHONE), ("telefonszam", PHONE), ("telefoon", PHONE), ("telefoonnummer", PHONE),
    ("telephone", PHONE), ("telephones", PHONE_MAYBE), ("telepon", PHONE), ("telno", PHONE),
    ("telnr", PHONE), ("telp", PHONE), ("terrace", STREET), ("text", PHONE_MAYBE), ("tfn", NATIONAL),
    ("the", FILLER), ("their", FILLER), ("them", FILLER), ("this", FILLER), ("ticket", THING),
    ("tie", STREET), ("timestamp", THING), ("to", both(ANNOUNCES, FILLER)), ("trace", THING),
    ("tracking", THING), ("trail", STREET), ("tu", FILLER), ("ulica", STREET), ("ulitsa", STREET),
    ("und", FILLER), ("under", both(ANNOUNCES, FILLER)), ("unionpay", CARD), ("unser", FILLER),
    ("unter", both(ANNOUNCES, FILLER)), ("upc", THING), ("update", VERSION), ("urodzenia", BIRTH),
    ("us", FILLER), ("usd", THING), ("utc", THING), ("v", VERSION), ("valid", FILLER), ("vej", STREET),
    ("ver", VERSION), ("version", VERSION), ("versions", VERSION), ("via", STREET), ("viale", STREET),
    ("visa", CARD), ("visit", ADDRESS), ("volt", THING), ("volts", THING), ("wa", PHONE_MAYBE),
    ("was", both(ANNOUNCES, FILLER)), ("watt", THING), ("watts", THING), ("way", STREET), ("weg", STREET),
    ("whatsapp", PHONE), ("with", FILLER), ("work", PHONE_MAYBE), ("y", FILLER), ("year", THING),
    ("years", THING), ("you", FILLER), ("your", FILLER),
];

const SLOTS: usize = 1 << 12;

/// Places in [`WORDS`], plus one, by hash: a word that is not known is told by one look.
static INDEX: [u16; SLOTS] = {
    let mut index = [0; SLOTS];
    let mut place = 0;
    while place < WORDS.len() {
        let mut slot = hash(WORDS[place].0.as_bytes());
        while index[slot] != 0 {
            slot = (slot + 1) % SLOTS;
        }
        index[slot] = place as u16 + 1;
        place += 1;
    }
    index
};

/// The same for capital and small letters.
const fn hash(word: &[u8]) -> usize {
    let first = (word[0] | 0x20) as usize;
    let last = (word[word.len() - 1] | 0x20) as usize;
    let middle = (word[word.len() / 2] | 0x20) as usize;
    (first * 331 + last * 37 + middle * 1_031 + word.len() * 613) % SLOTS
}

/// What an ASCII word means, in whatever case.
pub(super) fn meaning(word: &[u8]) -> Cues {
    if word.is_empty() {
        return Cues::default();
    }
    let mut slot = hash(word);
    while let Some(place) = INDEX[slot].checked_sub(1) {
        let (known, cues) = WORDS[usize::from(place)];
        if known.as_bytes().eq_ignore_ascii_case(word) {
            return cues;
        }
        slot = (slot + 1) % SLOTS;
    }
    Cues::default()
}

/// Words of other alphabets and with accents, few enough to be read through.
#[rustfmt::skip]
pub(super) const FOREIGN_WORDS: &[(&str, Cues)] = &[
    ("allée", STREET), ("août", MONTH), ("cartão", CARD), ("dirección", ADDRESS), ("doğum", BIRTH),
    ("cédula", NATIONAL), ("fødselsnummer", NATIONAL), ("číslo", NATIONAL), ("rodné", NATIONAL), ("emšo", NATIONAL), ("décembre", MONTH), ("endereço", ADDRESS), ("février", MONTH), ("född", BIRTH),
    ("födelsedatum", BIRTH), ("fødselsdato", BIRTH), ("født", BIRTH), ("geboortedatum", BIRTH),
    ("größe", THING), ("größen", THING), ("identité", NATIONAL), ("märz", MONTH),
    ("numéro", both(ANNOUNCES, FILLER)), ("nº", both(ANNOUNCES, FILLER)), ("né", BIRTH), ("née", BIRTH),
    ("número", both(ANNOUNCES, FILLER)), ("straße", STREET), ("sécurité", NATIONAL), ("telefón", PHONE),
    ("teléfono", PHONE), ("tożsamości", NATIONAL), ("téléphone", PHONE), ("à", FILLER), ("è", FILLER),
    ("é", FILLER), ("αριθμός", both(ANNOUNCES, FILLER)), ("διεύθυνση", ADDRESS), ("κινητό", PHONE),
    ("τηλ", PHONE), ("τηλέφωνο", PHONE), ("августа", MONTH), ("адрес", ADDRESS), ("апреля", MONTH),
    ("артикул", THING), ("декабря", MONTH), ("для", FILLER), ("инн", NATIONAL), ("июля", MONTH), ("июня", MONTH),
    ("карта", CARD), ("карты", CARD), ("марта", MONTH), ("мая", MONTH), ("моб", PHONE),
    ("мобильный", PHONE), ("номер", both(ANNOUNCES, FILLER)), ("ноября", MONTH), ("октября", MONTH),
    ("паспорт", NATIONAL), ("по", FILLER), ("проспект", STREET), ("размер", THING), ("рнокпп", NATIONAL), ("родился", BIRTH),
    ("рождения", BIRTH), ("сентября", MONTH), ("снилс", NATIONAL), ("тел", PHONE), ("телефон", PHONE),
    ("ул", STREET), ("улица", STREET), ("факс", PHONE), ("февраля", MONTH), ("января", MONTH),
    ("זהות", NATIONAL), ("טלפון", PHONE), ("כרטיס", CARD), ("כתובת", ADDRESS), ("מספר", both(ANNOUNCES, FILLER)),
    ("נייד", PHONE), ("الجوال", PHONE), ("العنوان", ADDRESS), ("الميلاد", BIRTH), ("الهاتف", PHONE),
    ("بطاقة", CARD), ("جوال", PHONE), ("رقم", both(ANNOUNCES, FILLER)), ("عنوان", ADDRESS),
    ("موبايل", PHONE), ("هاتف", PHONE), ("फ़ोन", PHONE), ("फोन", PHONE), ("मोबाइल", PHONE),
    ("เลขประจำตัวประชาชน", NATIONAL), ("หมายเลขโทรศัพท์", PHONE), ("โทร", PHONE), ("โทรศัพท์", PHONE), ("カード番号", CARD), ("サイズ", THING),
    ("マイナンバー", NATIONAL), ("住所", ADDRESS), ("信用卡", CARD), ("出生", BIRTH), ("出生日期", BIRTH), ("卡号", CARD),
    ("卡號", CARD), ("号码", both(ANNOUNCES, FILLER)), ("商品番号", THING), ("地址", ADDRESS), ("型号", THING),
    ("型番", THING), ("手机", PHONE), ("手机号", PHONE), ("手机号码", PHONE), ("手機", PHONE), ("携帯", PHONE),
    ("携帯電話", PHONE), ("生年月日", BIRTH), ("电话", PHONE), ("番号", both(ANNOUNCES, FILLER)), ("联系电话", PHONE),
    ("货号", THING), ("身分證", NATIONAL), ("身份證", NATIONAL), ("身份证", NATIONAL), ("身份证号", NATIONAL), ("電話", PHONE), ("電話番号", PHONE), ("電話號碼", PHONE),
    ("번호", both(ANNOUNCES, FILLER)), ("생년월일", BIRTH), ("연락처", PHONE), ("전화", PHONE), ("전화번호", PHONE),
    ("주민등록번호", NATIONAL), ("주소", ADDRESS), ("카드", CARD), ("카드번호", CARD), ("휴대전화", PHONE), ("휴대폰", PHONE),
];
