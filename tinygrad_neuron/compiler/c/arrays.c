/* tanh, exp, erfc, and what is made of them and of log1p, of many numbers at once: the bits of the
   library's functions, without its branches, so that the compiler computes several numbers in one
   vector.

   Nothing here is believed. Each function exists with and without fused multiply-add, as libraries
   have them, and `arrays.py` compares both with the library that runs here. The one without a
   difference is taken; where both differ, the library is called.

   tanh, softplus and erfc follow fdlibm's way to tanh, expm1, log1p and erfc, for which its authors
   ask that this is kept:

   ====================================================
   Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved.

   Developed at SunPro, a Sun Microsystems, Inc. business.
   Permission to use, copy, modify, and distribute this
   software is freely granted, provided that this notice
   is preserved.
   ====================================================

   exp takes the reduction and the polynomial of Arm's optimized routines (MIT licence), which glibc
   has since 2.28; `two_to` and `rest_of` are 2^(i/128) rounded, and what is missing to it,
   relatively. They are computed when this text is made. */

#if defined(__FMA__) || defined(__FP_FAST_FMA) || defined(__ARM_FEATURE_FMA)
#define HAS_FUSED 1
#define FUSED(a, b, c) __builtin_fma(a, b, c)
#else
#define HAS_FUSED 0
#define FUSED(a, b, c) ((a)*(b) + (c))
#endif

#define INLINE static inline __attribute__((always_inline))
#define AT_ONCE 8 /* a loop of so many rounds is all vectors, whatever their width */

INLINE uint64_t bits_of(double x) {
    uint64_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits;
}

INLINE double with_bits(uint64_t bits) {
    double x;
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}

/* a*b + c, rounded once or twice. */
INLINE double plus(double a, double b, double c, int fused) {
    return fused ? FUSED(a, b, c) : a*b + c;
}

/* e^x for |x| < 512: 2^(k/128) (1 + p(r)), with x = k ln(2)/128 + r. */
INLINE double exp_near(double x, int fused) {
    const double shift = 0x1.8p52; /* a sum with it ends in the nearest whole number */
    double shifted = plus(0x1.71547652b82fep7, x, shift, fused);
    uint64_t k = bits_of(shifted);
    double whole = shifted - shift;
    double r = plus(whole, -0x1.62e42fefa0000p-8, x, fused);
    r = plus(whole, -0x1.cf79abc9e3b39p-47, r, fused);
    double scale = with_bits(two_to[k & 127] + ((k >> 7) << 52));
    double r2 = r*r;
    double low = plus(r, 0x1.555555555543cp-3, 0x1.ffffffffffdbdp-2, fused);
    double high = plus(r, 0x1.1111167a4d017p-7, 0x1.55555cf172b91p-5, fused);
    double p = plus(r2, low, rest_of[k & 127] + r, fused);
    p = plus(r2*r2, high, p, fused);
    return plus(scale, p, scale, fused);
}

/* All bits where a condition holds, and none where not: with these there is no branch. */
INLINE uint64_t where(int holds) { return -(uint64_t)holds; }

INLINE double choose(uint64_t here, double x, double y) {
    return with_bits((bits_of(x) & here) | (bits_of(y) & ~here));
}

/* tanh x: from m = expm1(2|x|) as 1 - 2/(m + 2) where |x| is 1 and more, and below it from
   m = expm1(-2|x|) as -m/(m + 2). expm1 u = 2^k (1 + expm1 r) - 1, with u = k ln 2 + r.

   All ways that fdlibm goes are one here: what is added on one of them alone is 0 on the others. */
INLINE double tanh_anywhere(double x, int fused) {
    const uint64_t sign = 0x8000000000000000;
    const double shift = 0x1.8p52; /* the last bits of a sum with it are a whole number */
    double size = __builtin_fabs(x);
    double near = choose(where(size >= 22.0), 22.0, size); /* the result is 1 from there on */
    uint64_t large = where(near >= 1.0);
    double twice = 2.0*near;
    double u = with_bits(bits_of(twice) ^ (sign & ~large));

    /* k, rounded towards 0; below 3/2 ln 2 and 1/2 ln 2, as far as their upper bits go, -1 and 0 */
    uint64_t no_k = where(near < 0x1.62e43p-3), one_k = where(near < 0x1.0a2b2p-1) & ~no_k;
    double k = __builtin_trunc(plus(0x1.71547652b82fep0, twice, 0.5, fused));
    k = choose(one_k, 1.0, choose(no_k, 0.0, k));
    double towards = with_bits(bits_of(k) ^ (sign & ~large)); /* k, with the sign of u */

    const double ln2_low = 0x1.a39ef35793c76p-33;
    double above = u - towards*0x1.62e42feep-1; /* exact: k has few bits */
    double r = plus(-towards, ln2_low, above, fused);
    double c = plus(-towards, ln2_low, above - r, fused);
    double half = 0.5*r, h = r*half, h2 = h*h, h4 = h2*h2;
    double p1 = plus(h, -0x1.11111111110f4p-5, 1.0, fused);
    double p2 = plus(h, -0x1.4ce199eaadbb7p-14, 0x1.a01a019fe5585p-10, fused);
    double p3 = plus(h, -0x1.afdb76e09c32dp-23, 0x1.0cfca86e65239p-18, fused);
    double p = plus(h4, p3, plus(h2, p2, p1, fused), fused);
    double t = plus(-p, half, 3.0, fused);
    double e = h*((p - t)/plus(-r, t, 6.0, fused));
    double less = plus(r, e - c, -choose(no_k, h, c), fused) - choose(no_k, 0.0, h);

    /* m = 2^k (1 + r - less) - 1, put together so that what is small is not lost */
    uint64_t bits_of_k = bits_of(towards + shift) << 52;
    double power = with_bits(0x3ff0000000000000 + bits_of_k);   /* 2^k */
    double inverse = with_bits(0x3ff0000000000000 - bits_of_k); /* 2^-k */
    uint64_t small_k = no_k | (one_k & ~large), below_57 = large & where(k <= 56.0);
    uint64_t below_20 = large & where(k < 20.0);
    double one = choose(below_20, 1.0 - inverse, choose(small_k, 0.0, 1.0));
    double m = ((r - (less + choose(below_57 & ~below_20, inverse, 0.0))) + one)*power;
    m = m - choose(small_k, 0.5*k, choose(below_57, 0.0, 1.0));

    double y = choose(large, 1.0, 0.0) - choose(large, 2.0, m)/(m + 2.0);
    return with_bits(bits_of(y) | (bits_of(x) & sign));
}

/* log(1 + e) for 0 <= e <= 1: with 1 + e = 2^k (1 + f), k log 2 + f - f^2/2 + s (f^2/2 + R(s^2)),
   where s = f/(2 + f) and k is 0 or 1; c is what the rounding of 1 + e has lost. */
INLINE double log_of_one_and(double e, int fused) {
    const double ln2_high = 0x1.62e42feep-1, ln2_low = 0x1.a39ef35793c76p-33;
    uint64_t far = where(e >= 0x1.a827ap-2);
    double u = 1.0 + e;
    uint64_t one_k = far & where(u >= 0x1.6a09ep0); /* u is near the square root of 2, and more */
    double f = choose(one_k, 0.5*u - 1.0, choose(far, u - 1.0, e));
    double c = choose(where(u >= 2.0), 1.0 - (u - e), e - (u - 1.0))/u;

    double half = 0.5*f*f;
    double s = f/(2.0 + f), z = s*s, z2 = z*z, z4 = z2*z2, z6 = z4*z2;
    double p2 = plus(z, 0x1.2492494229359p-2, 0x1.999999997fa04p-2, fused);
    double p3 = plus(z, 0x1.7466496cb03dep-3, 0x1.c71c51d8e78afp-3, fused);
    double p4 = plus(z, 0x1.2f112df3e5244p-3, 0x1.39a09d078c69fp-3, fused);
    double p1 = plus(z, 0x1.5555555555593p-1, z2*p2, fused);
    double p = plus(z6, p4, plus(z4, p3, p1, fused), fused);

    double low = ln2_low + c;
    double part = plus(-0x1.5555555555555p-1, f, 1.0, fused); /* of a short series: f < 2^-20 */
    double rest = s*(half + p);
    double less = choose(where(u >= 0x1.ffffdp0), half*part - low, half - (rest + low));
    double y = choose(one_k, ln2_high - (less - f), f - (half - rest));
    return choose(where(e < 0x1p-29), e - e*e*0.5, y);
}

/* c0 + c1 u + ... + c5 u^5, two terms at a time; what is of higher order is added to it. */
INLINE double in_pairs(double u, double c0, double c1, double c2, double c3, double c4, double c5) {
    double u2 = u*u;
    return c0 + u*c1 + u2*(c2 + u*c3) + u2*u2*(c4 + u*c5);
}

/* erfc x for |x| < 1.25: about 0, 1 - x - x r(x^2), put together so that no digit is lost, and
   about 1, erfc 1 - r(|x| - 1), or 2 less that; each r is a quotient of two polynomials. */
INLINE double erfc_near(double x) {
    const double erf_1 = 0x1.b0ac16p-1;
    double size = __builtin_fabs(x);
    int is_0 = size < 0.84375; /* about 0 */
    double u = is_0 ? x*x : size - 1.0, u6 = u*u*(u*u)*(u*u);
    double p = in_pairs(u, (is_0 ? 0x1.06eba8214db68p-3 : -0x1.359b8bef77538p-9),
                        (is_0 ? -0x1.4cd7d691cb913p-2 : 0x1.a8d00ad92b34dp-2),
                        (is_0 ? -0x1.d2a51dbd7194fp-6 : -0x1.7d240fbb8c3f1p-2),
                        (is_0 ? -0x1.7a291236668e4p-8 : 0x1.45fca805120e4p-2),
                        (is_0 ? -0x1.8ead6120016acp-16 : -0x1.c63983d3e28ecp-4),
                        (is_0 ? 0.0 : 0x1.22a36599795ebp-5));
    double q = in_pairs(u, 1.0, (is_0 ? 0x1.97779cddadc09p-2 : 0x1.b3e6618eee323p-4),
                        (is_0 ? 0x1.0a54c5536cebap-4 : 0x1.14af092eb6f33p-1),
                        (is_0 ? 0x1.4d022c4d36b0fp-8 : 0x1.2635cd99fe9a7p-4),
                        (is_0 ? 0x1.15dc9221c1a10p-13 : 0x1.02660e763351fp-3),
                        (is_0 ? -0x1.09c4342a26120p-18 : 0x1.bedc26b51dd1cp-7));
    p = p + u6*(is_0 ? 0.0 : -0x1.1bf380a96073fp-9);
    q = q + u6*(is_0 ? 0.0 : 0x1.88b545735151dp-7);
    double y = p/q, x_y = x*y;
    double about_0 = x < 0.25 ? 1.0 - (x + x_y) : 0.5 - (x_y + (x - 0.5));
    double about_1 = x >= 0.0 ? (1.0 - erf_1) - y : 1.0 + (erf_1 + y);
    return is_0 ? about_0 : about_1;
}

/* The two exponents of erfc x = e^a e^b/x where x is 1.25 and more: -x^2 - 0.5625, of x to half its
   digits, so that the square is exact, and what is missing to it, with r(1/x^2). */
INLINE void exponents_of_erfc(double any, double *a, double *b) {
    double size = __builtin_fabs(any);
    double x = choose(where(size < 22.0), choose(where(size > 1.25), size, 1.25), 22.0);
    double s = 1.0/(x*x), s2 = s*s, s4 = s2*s2;
    int late = x >= 0x1.6db6dp1; /* 1/0.35, to half its digits */
    double p = in_pairs(s, (late ? -0x1.4341239e86f4ap-7 : -0x1.43412600d6435p-7),
                        (late ? -0x1.993ba70c285dep-1 : -0x1.63416e4ba7360p-1),
                        (late ? -0x1.1c209555f995ap+4 : -0x1.51e0441b0e726p+3),
                        (late ? -0x1.4145d43c5ed98p+7 : -0x1.f300ae4cba38dp+5),
                        (late ? -0x1.3ec881375f228p+9 : -0x1.44cb184282266p+7),
                        (late ? -0x1.004616a2e5992p+10 : -0x1.7135cebccabb2p+7));
    double q = in_pairs(s, 1.0, (late ? 0x1.e568b261d5190p+4 : 0x1.3a6b9bd707687p+4),
                        (late ? 0x1.45cae221b9f0ap+8 : 0x1.1350c526ae721p+7),
                        (late ? 0x1.802eb189d5118p+10 : 0x1.b290dd58a1a71p+8),
                        (late ? 0x1.8ffb7688c246ap+11 : 0x1.42b1921ec2868p+9),
                        (late ? 0x1.3f219cedf3be6p+11 : 0x1.ad02157700314p+8));
    p = p + s4*s2*((late ? -0x1.e384e9bdc383fp+8 : -0x1.4526557e4d2f2p+6)
                   + s*(late ? 0.0 : -0x1.3a0efc69ac25cp+3));
    q = q + s4*s2*((late ? 0x1.da874e79fe763p+8 : 0x1.b28a3ee48ae2cp+6)
                   + s*(late ? -0x1.670e242712d62p+4 : 0x1.a47ef8e484a93p+2));
    q = q + s4*s4*(late ? 0.0 : -0x1.eeff2ee749a62p-5);
    double half = with_bits(bits_of(x) & 0xffffffff00000000);
    *a = -half*half - 0.5625;
    *b = (half - x)*(half + x) + p/q;
}

/* erfc x, with what it is if x is near 0, and the product of the two powers if it is not. */
INLINE double erfc_anywhere(double x, double near, double powers) {
    double size = __builtin_fabs(x), tail = powers/size;
    return choose(where(size < 1.25), near, x > 0.0 ? tail : 2.0 - tail);
}

/* e^x, and whether Python raises an error there: where it overflows. */
INLINE double exp_checked(double x, int *bad) {
    double y = exp(x);
    *bad |= __builtin_isinf(y) && !__builtin_isinf(x);
    return y;
}

/* A function of AT_ONCE numbers, run over any count of them; the last ones in a copy, or, where they
   are very few, as the library does it. */
#define EACH(name, library)                                    \
    void each_##name(double *x, long n, int *bad) {            \
        double rest[AT_ONCE] = {0.0};                          \
        for (; n >= AT_ONCE; x += AT_ONCE, n -= AT_ONCE)       \
            some_##name(x, bad);                               \
        if (n < 3) {                                           \
            each_##library(x, n, bad);                         \
            return;                                            \
        }                                                      \
        for (long i = 0; i < n; i++)                           \
            rest[i] = x[i];                                    \
        some_##name(rest, bad);                            \
        for (long i = 0; i < n; i++)                           \
            x[i] = rest[i];                                    \
    }

#define TANH(name, fused)                                      \
    static void some_##name(double *x, int *bad) {             \
        for (long i = 0; i < AT_ONCE; i++)                     \
            x[i] = tanh_anywhere(x[i], fused);                 \
        (void)bad;                                             \
    }                                                          \
    EACH(name, tanh_library)

/* Far from 0 the library goes another way: there it is called. */
#define EXP(name, fused)                                       \
    static void some_##name(double *x, int *bad) {             \
        double y[AT_ONCE];                                     \
        int far = 0;                                           \
        for (long i = 0; i < AT_ONCE; i++)                     \
            far |= !(__builtin_fabs(x[i]) < 512.0);            \
        for (long i = 0; i < AT_ONCE; i++)                     \
            y[i] = exp_near(x[i], fused);                      \
        if (far)                                               \
            for (long i = 0; i < AT_ONCE; i++)                 \
                if (!(__builtin_fabs(x[i]) < 512.0))           \
                    y[i] = exp_checked(x[i], bad);             \
        for (long i = 0; i < AT_ONCE; i++)                     \
            x[i] = y[i];                                       \
    }                                                          \
    EACH(name, exp_library)

/* e^-|x|, of which the next two are made. */
#define EXP_OF_LESS(e, x, exp_name)                            \
    double e[AT_ONCE];                                         \
    for (long i = 0; i < AT_ONCE; i++)                         \
        e[i] = -__builtin_fabs(x[i]);                          \
    some_##exp_name(e, bad);

/* 1/(1 + e^-x) where x is 0 and more, and e^x/(1 + e^x) below. */
#define SIGMOID(name, exp_name)                                \
    static void some_##name(double *x, int *bad) {             \
        EXP_OF_LESS(e, x, exp_name)                            \
        for (long i = 0; i < AT_ONCE; i++)                     \
            x[i] = (x[i] >= 0.0 ? 1.0 : e[i])/(1.0 + e[i]);    \
    }                                                          \
    EACH(name, sigmoid_library)

/* x + log(1 + e^-x) where x is above 0, and log(1 + e^x) elsewhere. */
#define SOFTPLUS(name, exp_name, fused)                        \
    static void some_##name(double *x, int *bad) {             \
        EXP_OF_LESS(e, x, exp_name)                            \
        for (long i = 0; i < AT_ONCE; i++)                     \
            e[i] = log_of_one_and(e[i], fused);                \
        for (long i = 0; i < AT_ONCE; i++)                     \
            x[i] = x[i] > 0.0 ? x[i] + e[i] : e[i];            \
    }                                                          \
    EACH(name, softplus_library)

/* Where e^-x^2 leaves what the fast exp can do, the library is called. */
#define ERFC(name, exp_name)                                   \
    static void some_##name(double *x, int *bad) {             \
        double a[AT_ONCE], b[AT_ONCE], y[AT_ONCE];             \
        int tail = 0, far = 0;                                 \
        for (long i = 0; i < AT_ONCE; i++) {                   \
            tail |= !(__builtin_fabs(x[i]) < 1.25);            \
            far |= !(__builtin_fabs(x[i]) < 22.0);             \
        }                                                      \
        for (long i = 0; i < AT_ONCE; i++)                     \
            y[i] = erfc_near(x[i]);                            \
        if (tail) {                                            \
            for (long i = 0; i < AT_ONCE; i++)                 \
                exponents_of_erfc(x[i], &a[i], &b[i]);         \
            some_##exp_name(a, bad);                           \
            some_##exp_name(b, bad);                           \
            for (long i = 0; i < AT_ONCE; i++)                 \
                y[i] = erfc_anywhere(x[i], y[i], a[i]*b[i]);   \
        }                                                      \
        if (far)                                               \
            for (long i = 0; i < AT_ONCE; i++)                 \
                if (!(__builtin_fabs(x[i]) < 22.0))            \
                    y[i] = erfc(x[i]);                         \
        for (long i = 0; i < AT_ONCE; i++)                     \
            x[i] = y[i];                                       \
    }                                                          \
    EACH(name, erfc_library)

void each_erfc_library(double *x, long n, int *bad) {
    for (long i = 0; i < n; i++)
        x[i] = erfc(x[i]);
    (void)bad;
}

void each_tanh_library(double *x, long n, int *bad) {
    for (long i = 0; i < n; i++)
        x[i] = tanh(x[i]);
    (void)bad;
}

void each_exp_library(double *x, long n, int *bad) {
    for (long i = 0; i < n; i++)
        x[i] = exp_checked(x[i], bad);
}

void each_sigmoid_library(double *x, long n, int *bad) {
    for (long i = 0; i < n; i++) {
        double e = exp(-__builtin_fabs(x[i]));
        x[i] = (x[i] >= 0.0 ? 1.0 : e)/(1.0 + e);
    }
    (void)bad;
}

void each_softplus_library(double *x, long n, int *bad) {
    for (long i = 0; i < n; i++) {
        double y = log1p(exp(-__builtin_fabs(x[i])));
        x[i] = x[i] > 0.0 ? x[i] + y : y;
    }
    (void)bad;
}

const int has_fused = HAS_FUSED;

TANH(tanh_plain, 0)
EXP(exp_plain, 0)
SIGMOID(sigmoid_plain, exp_plain)
SOFTPLUS(softplus_plain, exp_plain, 0)
ERFC(erfc_plain, exp_plain)
#if HAS_FUSED
TANH(tanh_fused, 1)
EXP(exp_fused, 1)
SIGMOID(sigmoid_fused, exp_fused)
SOFTPLUS(softplus_fused, exp_fused, 1)
ERFC(erfc_fused, exp_fused) /* fused in its exp alone, as in glibc */
#endif
