"""Closed lists of Indonesian words that tell who a name belongs to: roles, offices, institutions, and what is no name."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Only an article with one of these is about a crime, custody or somebody's health. Others are left as they are.
CONTEXT = _words("""
abh aborsi amnesti andikpas aniaya asimilasi autopsi bandar bapas begal besuk binaan bnn buron buronan cabul curas curat
curanmor deportasi dianiaya dibacok dibekuk dibesuk dibui dibunuh dicabuli dicekoki diculik didakwa dideportasi digerebek
dihukum dipenjara diperkosa diringkus ditahan ditangkap ditembak ditusuk dituntut divonis dirawat dukacita eksekusi ganja
grasi hiv hukuman jaksa jenazah jeruji judi kabur kalapas karutan kdrt kejaksaan kejari kekerasan kerusuhan korban koruptor
korupsi kpk kriminal kurir lapas lpka lpp melarikan membunuh mencuri meninggal menusuk napi narapidana narkoba narkotika
otopsi pasal pasien pelaku pembebasan pembunuh pembunuhan pemasyarakatan pemerkosaan pencabulan pencuri pencurian pengadilan
penganiayaan pengedar penggelapan pengeroyokan penipu penipuan penjara penusukan penyelundupan penyidik perampok perampokan
perkosaan pidana pisau polda polisi polres polresta polsek pungli perkara persidangan peradilan litmas pembacok mucikari
muncikari remisi residivis rutan sabu sakit satresnarkoba sel sidang sipir suap tahanan tbc teroris terorisme terdakwa
terpidana tersangka menangkap kepolisian diamankan lebam almarhum almarhumah kapolres kapolsek kapolda mendekam dijenguk
penghuni membacok tewas tilang tuberkulosis vonis wbp tawuran pembacokan penculikan kriminalitas diversi bui ekstasi jasad
forensik penyidikan kejahatan penggeledahan mencabuli perundungan visum ppa diperkosanya memperkosa digrebek penganiaya
memeras pemerasan pemeras menyuap penyuap mutilasi menipu gratifikasi menggelapkan merampok jambret menjambret maling
prostitusi togel miras overdosis rehabilitasi pecandu kokain heroin dilukai keracunan odgj bunuh tertangkap penangkapan dugaan
diduga bom pencucian pembalakan ilegal penyiksaan disiksa sandera disandera pemalsuan membakar dibakar gantung pencopet copet
kriminolog persekusi
""")

# One of these stands in each pattern of a child's case.
CHILDHOOD = _words("""
abh anak umur dibawah berusia berumur usia
""")

# One of these stands in each address.
ADDRESS = _words("""
jalan jl gang gg dusun dukuh kampung kp desa kelurahan perumahan perum kompleks komplek lingkungan banjar nagari jorong lorong
rt
""")

# A person without public office. The kinds decide what a name is masked as, and how near the word must stand.
INMATE = _words("""
napi narapidana wbp binaan tahanan terpidana tamping penghuni klien koruptor teroris deteni napiter kliennya
""")
SUSPECT = _words("""
tersangka terdakwa pelaku residivis buron buronan bandar pengedar kurir pembunuh perampok pencuri begal penipu pengunjung
penjenguk pembesuk provokator dpo terlapor tertuduh dalang otak penadah muncikari pemerkosa penyelundup selebgram
""")
VICTIM = _words("""
korban korbannya pasiennya almarhum almarhumah mendiang jenazah pasien penyintas saksi pelapor tewasnya meninggalnya kematian
jasad
""")
FAMILY = _words("""
istri suami ibu ayah bapak ibunda ayahanda orangtua kakak adik paman bibi tante om nenek kakek mertua menantu keponakan sepupu
anak putra putri keluarga kerabat istrinya suaminya ibunya ayahnya kakaknya adiknya pamannya bibinya neneknya kakeknya anaknya
putranya putrinya mertuanya keluarganya bapaknya rekan rekannya temannya kekasihnya pacarnya tunangannya kekasih pacar ortu
walinya cucu cucunya
""")
PARENT = _words("""
ibu ayah bapak ibunda ayahanda orangtua orang tua ortu wali ibunya ayahnya bapaknya orangtuanya walinya putra putri anak kakek
nenek
""")
STAFF = _words("""
sipir petugas pegawai staf penjaga anggota honorer cpns asn perawat bidan dokter portir p2u operator pk pembimbing instruktur
bripda briptu brigadir bripka bripol bhabinkamtibmas
""")
PERSON = _words("""
warga pria wanita perempuan lelaki laki-laki pemuda pemudi seorang sopir pemilik oknum peserta sosok lainnya penduduk tukang
pedagang buruh petani nelayan mahasiswa mahasiswi karyawan guru ustaz santriwan kiai tetangga
""")
CHILD = _words("""
abh andikpas pelajar siswa siswi santri santriwati bocah remaja balita bayi murid anak-anak si pelajarnya muridnya siswanya
siswinya gadis
""")
PRIVATE = INMATE | SUSPECT | VICTIM | FAMILY | STAFF | PERSON | CHILD

# Who speaks or acts by function, and whose words and deeds in it are public.
OFFICE = _words("""
presiden wapres menteri menko wamen wamenko menimipas wamenimipas mendagri menkes menhan menpan menkum menham mentan mensos
sekjen irjen dirjen dirjenpas sesditjen sesditjenpas direktur direktris dirut deputi sekretaris inspektur inspektorat kepala
wakil kakanwil kalapas karutan kabapas kalpka kadivpas kadiv kabag kabid kasi kasubsi kasubag kasubbag kasubdit kasat
kasatreskrim kasatnarkoba kanit kapolri kapolda wakapolda kapolres wakapolres kapolresta kapoltabes kapolrestabes kapolsek
wakapolsek kabareskrim dirreskrimum dirresnarkoba dirnarkoba dandim danrem pangdam danramil dansat danlanal panglima kajati
kajari kajagung kasipidum kasipidsus kasiintel kasintel jaksa hakim ketua bupati wabup gubernur wagub walikota wawali camat
lurah kades jubir bicara penasihat penasehat kuasa wali humas kplp kpr karupam komandan koordinator rektor dekan kadis
kadinkes kadinsos kadisdik sekda pengacara advokat kriminolog pengamat akademisi peneliti psikolog aktivis komisioner
legislator senator politisi politikus dubes konsul danpos kombes akbp kompol akp iptu ipda brigjen komjen jenderal letjen
mayjen kolonel letkol mayor kapten lettu letda plt plh pj pjs ceo manajer manager presdir komisaris uskup kardinal pendeta
pastor romo dirwatkeshab dirpamintel dirbinapi pewarta editor penulis reporter wartawan fotografer redaktur jurnalis
penyunting kontributor danru kapuskesmas kabiro karo kabagops karumkit
""")
FORMER = _words("""
mantan eks bekas
""")

# What follows such a word names a thing or a place, not a person.
THING = _words("""
lapas lp lpp rutan lpka bapas rupbasan kanwil kantor lembaga rumah balai kementerian kemenimipas kemenkumham direktorat ditjen
ditjenpas dinas badan bnn bnnp bnnk bpbd polda polres polresta polrestabes polsek polri kodim koramil korem kejari kejati
kejaksaan pengadilan pn pt ptun ma mk mahkamah dpr dprd dpd mpr pemkab pemkot pemprov pemda pemerintah rs rsu rsud rsup rsuk
rsj puskesmas klinik poliklinik apotek universitas institut politeknik akademi sekolah sd smp sma smk mts man mi slb tk paud
sdn smpn sman smkn madrasah pesantren ponpes pondok yayasan lsm lbh cv ud koperasi bank toko pasar hotel gedung stadion
bandara pelabuhan terminal stasiun dermaga jembatan masjid musala mushola gereja pura vihara kelenteng kapel alun-alun taman
lapangan museum monumen tugu gunung sungai danau pulau kepulauan laut selat teluk tanjung pantai kota kabupaten kab kecamatan
kec kelurahan kel desa dusun dukuh kampung nagari jorong provinsi prov jalan jl gang perumahan komplek blok kamar wisma aula
kelas klas komisi fraksi partai pasal undang-undang uu kuhp perpres permen pp program hari bulan remisi natal idul isra maulid
operasi satgas tim regu divisi bidang seksi bagian unit satuan batalyon kompi brimob pramuka piala liga turnamen grup band
koran majalah radio tv aplikasi produk merek kopi batik griya sae graha bumi kebun lahan hutan waduk bendungan ombudsman
komnas kpai organisasi persatuan ikatan forum aliansi himpunan federasi asosiasi serikat gerakan dewan majelis mui nu
muhammadiyah baznas pmi bpjs bumn bumd blk imigrasi kanim bea cukai kpk bpk ppatk densus polairud lanal lanud tni satpol
satresnarkoba ditresnarkoba satreskrim ditreskrimum bareskrim asta cita republik negara kerajaan suku bahasa agama surat kitab
al-quran alquran quran injil sholat salat idulfitri iduladha nyepi waisak imlek muara mata jakarta surabaya bandung medan
makassar semarang panti perkemahan gugus kawasan wilayah daerah dapil jawa sumatera kalimantan sulawesi papua nusa bali maluku
aceh riau banten indonesia sunan kejuaraan festival lomba posko pos kapal km kmp kri ruang penjara mapolres mapolresta mapolda
mapolsek propam denpom bulog bappenas forkopimda forkopimcam damkar babinsa dekranasda kompolnas dishub disdukcapil satlantas
tahti rudenim rusunawa perumda bumdes hindia portugis wartawan inpari genset drone x-ray cctv sukamiskin nusakambangan paket
massive ruas tol kereta bus warung kafe cafe restoran rm resto mal mall plaza galeri studio laboratorium lab bengkel pabrik
perkebunan stikes stai iain uin
""")
# Neither a name nor anything that a name follows: they end a name in a headline and begin sentences.
OTHER = _words("""
seorang menurut kepada sebelumnya selain setelah saat sementara kini ketika karena kasus ini itu ia dia mereka kami kita saya
para pada dalam dari di ke dan atau untuk oleh dengan hingga sampai usai tak tidak bukan akan telah sudah belum satu dua tiga
empat lima enam tujuh delapan sembilan sepuluh senin selasa rabu kamis jumat sabtu minggu januari februari maret april mei
juni juli agustus september oktober november desember wib wita wit pidana mati hukum ham keduanya ketiganya kemudian namun
tetapi sejak bahwa jika kalau agar supaya selama antara hubungi identitas nomor vonis daftar kronologi bebas tewas kabur
sidang polisi aparat barang bukti sabu narkoba islam kristen kristiani hindu buddha katolik rp covid rusia filipina nigeria
malaysia singapura australia china tiongkok belanda inggris amerika jepang thailand vietnam tersebut adalah yakni yaitu serta
baru lama besar kecil utara taruna nah nggak enggak insidentil sumatra tgl warganet handphone komentar babinkamtibmas melayani
yth imsakiyah ilir terlayani al-qur'an inkopasindo litmas ngaku dinkes netizen live travel angkot corona bansos daring ponsel
online viral zero halinar wbbm wbk didik pimpasa poltekip poltekpin posbakum tipikor induk rekor rapor wow duh waduh begini
simak intip begitu dulu kok video foto breaking selatan timur barat tengah tenggara pusat raya kuhap sdm tbc hiv aids bin
binti alias samsung shopee tokopedia whatsapp facebook instagram tiktok google youtube bhakti bakti lebaran ramadan tahun juta
miliar persen kg gram atas bawah hal layanan kunjungan upacara razia petugas warga budidaya pemasyarakatan
kisah cerita nasib kabar momen perjalanan tangan wajah sejumlah beberapa sekitar total ratusan puluhan ribuan belasan akhirnya
""")
HONORIFIC = _words("""
lalu h hj hajah haji dr drs dra ir prof kh k.h kiai kyai ustaz ustad ustadz ustadzah tgk tuan ny nyonya sdr sdri bang mas mbak
mbah pak bu kang mang cak gus ning raden tengku teuku kompol bripka aipda aiptu brigpol pdt st muh moh m i ni ida
""")
# Capital letters that are no initials of a person where only a role stands before them.
ACRONYMS = _words("""
KPK BNN WBP TNI DPR PAS KPR LP RI WNA WNI HAM UU PN PT SD SMP SMA SMK MA MK KTP RS TBC HIV LBH ASN PNS CPNS PK APK NKRI KUH
BUI TKI PMI ODP NTT NTB DKI DIY II III IV VI VII IX XI IIA IIB ABH DPO JPU BAP SP MBG PBB BUMN UMKM TV AS UE KDRT ITE TPPO
TPPU PON PKL RT RW BPN PSK SAE BLK KIP JP PKK BK UPT PB PSM BAZ MUI NU PMK K9 P2U
""")
# What only people do: before such a word even an unknown one that begins a sentence is a name.
HUMAN = _words("""
mengaku menangis menunggu mengatakan menyebut berharap ditangkap divonis didakwa dijerat kabur tewas meninggal melarikan
menjalani bebas dipindahkan dirawat menyesal dikenal lahir tinggal bercerita menuturkan menambahkan menjelaskan menolak
membantah mengungkapkan berdalih ditahan dibekuk diringkus dituntut dihukum dipenjara membunuh menusuk mencuri menganiaya
membacok memperkosa bersumpah tertawa tersenyum menjenguk membesuk pulang menikah bertobat mengisahkan mengenang mengeluh
meminta memohon sujud bersyukur diperiksa mengajukan berusia ditembak menyerahkan bersembunyi melapor mencabuli memukul
merampok mengedarkan kedapatan terbukti menyelundupkan terancam sempat pernah dipulangkan diselamatkan diborgol dijebloskan
dilarikan dimakamkan disidang dijadikan ditetapkan dipukul dicabuli diperkosa diculik duduk berjalan menatap belajar bekerja
mendekam dijemput dibawa dikeroyok dianiaya ditikam ditemukan
""")
# Between a role and its name nothing else may stand; "napi kasus pencurian bernama X" is read by the words after it.
BETWEEN = _words("""
kecil hukum negara negeri masing-masing termasuk diketahui bernama berinisial inisial atas nama an itu ini tersebut kasus
yakni yaitu ialah adalah lainnya lain lansia wanita pria perempuan laki-laki muda tua kandung tiri sekaligus yang berusia
korban napi tersangka narkoba narkotika pencurian pembunuhan korupsi penipuan terorisme asing mati hidup seumur jaga
registrasi dapur kebersihan medis utama diduga juga pun si tahanan binaan jasad almarhum terakhir pertama kedua titipan
penuntut umum lapas rutan bapas lpka kepolisian sekolah
""")
